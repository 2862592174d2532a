import { errnoNumber } from './errno.ts';
import { SystemError } from './system-error.ts';

const wouldBlock = -errnoNumber('EAGAIN');
const interrupted = -errnoNumber('EINTR');

/**
 * What a transfer returned: bytes, or `undefined` where it would have blocked. An interrupted call is repeated.
 * @throws SystemError for every other errno
 */
export function transferred(syscall: string, fd: number, transfer: () => number): number | undefined {
  let result = transfer();
  while (result === interrupted) result = transfer();
  if (result >= 0) return result;
  if (result === wouldBlock) return undefined;
  throw new SystemError({ syscall, errno: -result, subject: `of descriptor ${fd}` });
}
