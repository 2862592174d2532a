import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanFileRanges } from './memory-calls.ts';
import { openSys } from './open-sys.ts';

interface Mapping {
  readonly permissions?: string;
  readonly inode?: number;
  readonly fields?: Readonly<Record<string, number>>;
}

function smaps({ permissions = 'r-xp', inode = 7, fields = {} }: Mapping): string {
  const all = { Rss: 8, Shared_Dirty: 0, Private_Dirty: 0, Anonymous: 0, Swap: 0, ...fields };
  const lines = Object.entries(all).map(([name, kib]) => `${`${name}:`.padEnd(16)}${kib} kB`);
  return [`00400000-00402000 ${permissions} 00000000 08:01 ${inode}   /usr/bin/node`, ...lines, ''].join('\n');
}

describe('the ranges that may be dropped', () => {
  it('are those of files that were only read', () => {
    expect(cleanFileRanges(smaps({}) + smaps({ permissions: 'r--p' }))).toEqual([
      { start: 0x40_0000, length: 0x2000 },
      { start: 0x40_0000, length: 0x2000 },
    ]);
  });

  it.each([
    ['memory without a file', { inode: 0 }],
    ['what can be written', { permissions: 'rw-p' }],
    ['what is shared', { permissions: 'r--s' }],
    ['what was relocated, though it is read-only by now', { permissions: 'r--p', fields: { Anonymous: 4 } }],
    ['a written page', { fields: { Private_Dirty: 4 } }],
    ['a page of the file that is not written back', { fields: { Shared_Dirty: 4 } }],
    ['a page in the swap', { fields: { Swap: 4 } }],
    ['what is not in memory anyway', { fields: { Rss: 0 } }],
  ] satisfies [string, Mapping][])('are not %s', (_, mapping) => {
    expect(cleanFileRanges(smaps(mapping))).toEqual([]);
  });

  it('are not what the kernel tells too little of', () => {
    expect(cleanFileRanges(smaps({}).replace(/^Anonymous.*\n/m, ''))).toEqual([]);
    expect(cleanFileRanges('no such thing')).toEqual([]);
  });
});

it('a process that has released its memory has less of it and works on', async () => {
  const sys = await openSys();
  const rss = (): number => Number(/^Rss:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]);
  const before = rss();
  // Its own timer does not keep this process waiting.
  await Promise.all([sys.releaseMemory(), new Promise((resolve) => setTimeout(resolve, 200))]);
  expect(rss()).toBeLessThan(before - 8 * 1024);
  expect(JSON.parse('{"works":[1,2]}')).toEqual({ works: [1, 2] });
});
