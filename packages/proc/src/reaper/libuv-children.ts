import { readFileSync } from 'node:fs';
import type { Pid } from '@sandshim/runsc-client';

/** The children that libuv started and therefore must reap itself: whoever else does, takes away their 'exit'. */
export interface LibuvChildren {
  has(pid: Pid): boolean;
  /** Whether `pid` still is the process that libuv started: a number can come back for another process. */
  isSame(pid: Pid): boolean;
  add(pid: Pid): void;
  delete(pid: Pid): void;
}

/** When the kernel started `pid`, in its clock ticks; with the pid it names a process for good. `undefined`: no such process. */
export function processStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the second field is in parentheses and may hold anything, blanks and parentheses too.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // It is gone, which is an answer.
    return undefined;
  }
}

/** An empty {@link LibuvChildren}. */
export function libuvChildren(startTime: (pid: number) => string | undefined = processStartTime): LibuvChildren {
  const startTimes = new Map<number, string | undefined>();
  return {
    has: (pid) => startTimes.has(pid),
    isSame: (pid) => startTimes.has(pid) && startTimes.get(pid) === startTime(pid),
    add: (pid) => {
      startTimes.set(pid, startTime(pid));
    },
    delete: (pid) => {
      startTimes.delete(pid);
    },
  };
}
