import { errnoNumber } from './errno.ts';
import type { Libc } from './libc.ts';
import { SystemError } from './system-error.ts';

const wouldBlock = errnoNumber('EAGAIN');
const interrupted = errnoNumber('EINTR');

/** What a failed transfer is to do: stop because it would block, or go on because a signal came between. */
export type Refusal = 'would-block' | 'interrupted';

/** Why a transfer returned -1. @throws SystemError for every errno that is no refusal */
export function refusalOf(libc: Libc, details: { readonly syscall: string; readonly fd: number }): Refusal {
  const errno = libc.errno();
  if (errno === wouldBlock) return 'would-block';
  if (errno === interrupted) return 'interrupted';
  throw new SystemError({ syscall: details.syscall, errno, subject: `of descriptor ${details.fd}` });
}

/**
 * What a transfer returned: bytes, or `undefined` where it would have blocked. An interrupted call is repeated.
 * @throws SystemError for every other errno
 */
export function transferred(
  libc: Libc,
  details: { readonly syscall: string; readonly fd: number },
  transfer: () => number,
): number | undefined {
  for (;;) {
    const result = transfer();
    if (result >= 0) return result;
    if (refusalOf(libc, details) === 'would-block') return undefined;
  }
}
