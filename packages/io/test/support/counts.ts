import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Open descriptors of this process. */
export function openDescriptors(): number {
  // One more is the listing's own.
  return readdirSync('/proc/self/fd').length - 1;
}

/** What this process's descriptors lead to; a name that is gone ends in " (deleted)". */
export function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The listing's own.
      return [];
    }
  });
}

export function threads(): number {
  return readdirSync('/proc/self/task').length;
}

/** CPU time of this process in ticks of 10 ms, all threads together. */
export function cpuTicks(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
