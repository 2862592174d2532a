import { describe, expect, test } from 'vitest';
import { parseOsRelease } from './debian.ts';

describe('parseOsRelease', () => {
  test('reads quoted and bare values', () => {
    const release = parseOsRelease(
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n',
    );
    expect(release.get('PRETTY_NAME')).toBe('Debian GNU/Linux 12 (bookworm)');
    expect(release.get('ID')).toBe('debian');
    expect(release.get('VERSION_CODENAME')).toBe('bookworm');
  });

  test('passes over lines that are no assignment', () => {
    expect([...parseOsRelease('# a comment\n\nnonsense\n=x\n')]).toEqual([]);
  });
});
