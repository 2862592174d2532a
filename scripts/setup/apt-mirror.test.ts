import { describe, expect, test } from 'vitest';
import { pickMirror } from './apt-mirror.ts';

const lines = [
  'Packages|bookworm|main|Elsewhere|https://elsewhere.test/apt/',
  'Translations|bookworm|main|Debian|http://mirror.test/debian/',
  'Packages|bookworm-security|main|Debian|http://mirror.test/debian-security/',
  'Packages|bookworm|contrib|Debian|http://mirror.test/debian-contrib/',
  'Packages|bookworm|main|Debian|http://mirror.test/debian/',
].join('\n');

describe('pickMirror', () => {
  test('prefers the archive whose origin is Debian', () => {
    expect(pickMirror(lines, 'bookworm')).toBe('http://mirror.test/debian/');
  });

  test('takes the first archive of the release while no origin is known', () => {
    expect(pickMirror('Packages|bookworm|main||http://first.test/debian/', 'bookworm')).toBe(
      'http://first.test/debian/',
    );
  });

  test('knows no mirror without a source of this release', () => {
    expect(pickMirror(lines, 'trixie')).toBeUndefined();
    expect(pickMirror('', 'bookworm')).toBeUndefined();
  });
});
