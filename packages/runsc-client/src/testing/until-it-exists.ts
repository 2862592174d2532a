import { access } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { SandshimError } from '../errors.ts';

/** Waits for a file that another process is about to make. @throws SandshimError `deadline_exceeded` after 10 s. */
export async function untilItExists(path: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return;
    await setTimeout(5);
  }
  throw new SandshimError('deadline_exceeded', `${path} has not come to be`);
}
