import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Difference, differences } from '../../tests/shim/differences.ts';
import { root } from '../lib/paths.ts';

const page = readFileSync(join(root, 'docs', 'parity.md'), 'utf8');

describe('docs/parity.md', () => {
  it('lists every difference that the conformance suite knows of, as it is', () => {
    const between = /<!-- differences -->\n([\s\S]*)<!-- \/differences -->/.exec(page)?.[1];
    expect(between).toBe(table(Object.values(differences)));
  });

  const rows = [...page.matchAll(/^\| ([^|]+) \| (yes|no) \| (.+) \|$/gm)];

  it('has a line for every feature of the other shims', () => {
    expect(rows.length).toBeGreaterThanOrEqual(53);
    expect(new Set(rows.map(([, feature]) => feature)).size).toBe(rows.length);
  });

  it.each(rows.filter(([, , here]) => here === 'yes').map(([, feature, , proof]) => [feature, proof]))(
    'names a test that exists for %s',
    (_feature, proof = '') => {
      const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(proof) ?? [];
      const source = readFileSync(join(root, file), 'utf8');
      const titled = ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
      expect(titled, `${file} has a test "${title}"`).toBe(true);
    },
  );
});

/** The table as the page has it. */
function table(list: readonly Difference[]): string {
  const lines = list.map(({ what, go, ours, why }) => `| ${what} | ${go} | ${ours} | ${why} |`);
  return ['| what | the Go shim | this one | why |', '|---|---|---|---|', ...lines, ''].join('\n');
}
