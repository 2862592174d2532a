import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Whether a process of this pid exists; `zombies: false`: one that ended and was not reaped does not count. */
export function processIsThere(pid: number, { zombies = true }: { readonly zombies?: boolean } = {}): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return zombies || !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // The state follows the name, which is in parentheses and may hold any character.
    return /\) [ZX] [^)]*$/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // Reaped in between.
    return true;
  }
}
