import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Libc } from './libc.ts';
import type { Sys } from './sys.ts';

const MADV_DONTNEED = 4;
const settleMs = 100;

/** An address range of this process. */
export interface MappedRange {
  readonly start: number;
  readonly length: number;
}

/** Memory that the process has and does not need. */
export function memoryCalls(libc: Libc): Pick<Sys, 'releaseMemory'> {
  return {
    async releaseMemory() {
      libc.attempt('malloc_trim', 0);
      const ranges = cleanFileRanges(readFileSync('/proc/self/smaps', 'utf8'));
      const madvise = libc.native('madvise');
      // In a turn of its own, and the largest ones last: what runs meanwhile comes back at once, 64 KiB for each page.
      await sleep(settleMs, undefined, { ref: false });
      for (const { start, length } of ranges.toSorted((a, b) => a.length - b.length)) {
        madvise(start, length, MADV_DONTNEED);
      }
    },
  };
}

/**
 * The mappings of smaps(5) that the kernel can read again from their files: never written to, nor relocated, nor swapped.
 * Dropping any other page of a private mapping would bring back what the file says in place of what the process wrote.
 */
export function cleanFileRanges(smaps: string): readonly MappedRange[] {
  const ranges: MappedRange[] = [];
  for (const mapping of smaps.split(/^(?=[\da-f]+-[\da-f]+ )/m)) {
    const [, from = '', to = '', inode = ''] = /^([\da-f]+)-([\da-f]+) r-[x-]p \S+ \S+ (\d+)/.exec(mapping) ?? [];
    if (inode === '' || inode === '0' || kib(mapping, 'Rss') === 0) continue;
    const written = ['Private_Dirty', 'Shared_Dirty', 'Anonymous', 'Swap'].some((field) => kib(mapping, field) !== 0);
    if (written) continue;
    const start = Number.parseInt(from, 16);
    ranges.push({ start, length: Number.parseInt(to, 16) - start });
  }
  return ranges;
}

/** NaN for a field that the kernel does not tell. */
function kib(mapping: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(mapping)?.[1]);
}
