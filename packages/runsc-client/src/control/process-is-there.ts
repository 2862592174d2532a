import process from 'node:process';

/** Whether a process of this pid exists, be it a zombie: what runsc goes by. */
export function processIsThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
