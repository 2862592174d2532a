import { constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSys } from '@sandshim/io/sys';
import { SandshimError } from '@sandshim/runsc-client';

const pollMs = 5;
const timeoutMs = 10_000;

/**
 * Locks a file of the sockets' folder until the answer is disposed, or this process ends.
 * @throws SandshimError `unavailable` if it stays locked for ten seconds.
 */
export async function lockSocketFolder(file: string): Promise<Disposable> {
  const sys = await openSys();
  const fd = sys.open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  const deadline = Date.now() + timeoutMs;
  try {
    while (!sys.tryLock(fd)) {
      if (Date.now() > deadline) throw new SandshimError('unavailable', `${file} stays locked`);
      await sleep(pollMs);
    }
  } catch (error) {
    sys.close(fd);
    throw error;
  }
  return { [Symbol.dispose]: () => sys.close(fd) };
}
