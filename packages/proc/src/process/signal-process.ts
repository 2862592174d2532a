import process from 'node:process';
import type { Pid } from '@sandshim/runsc-client';

/** kill(2). False if there is no such process (any more). @throws for any other failure, as `process.kill` does */
export function signalProcess(pid: Pid, signal: number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
