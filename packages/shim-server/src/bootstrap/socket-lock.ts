import { setTimeout as sleep } from 'node:timers/promises';
import { SandshimError } from '@sandshim/runsc-client';

const pollMs = 5;
const timeoutMs = 10_000;

/**
 * Locks a file of the sockets' folder until the answer is disposed, or this process ends. Only needed where a dead shim left
 * its socket, so what it takes is loaded only then.
 * @throws SandshimError `unavailable` if it stays locked for ten seconds.
 */
export async function lockSocketFolder(file: string): Promise<Disposable> {
  const { constants } = await import('node:fs');
  const { openSys } = await import('@sandshim/io/sys');
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
