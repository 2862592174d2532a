import { constants } from 'node:os';
import type { ErrorCode } from '@sandshim/runsc-client';

/** The name of an errno, as in `ENOENT`. */
export type ErrnoName = keyof typeof constants.errno;

/** The number that this kernel gives an errno. */
export function errnoNumber(name: ErrnoName): number {
  return constants.errno[name];
}

/** `ENOENT` for 2; `errno 4711` for a number that Linux does not define. */
export function errnoName(errno: number): string {
  for (const [name, number] of Object.entries(constants.errno)) {
    // Linux has one number for each of these pairs; the first spelling is the one that manual pages use.
    if (number === errno && name !== 'EWOULDBLOCK' && name !== 'EOPNOTSUPP') return name;
  }
  return `errno ${errno}`;
}

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'not_found',
  ESRCH: 'not_found',
  ENXIO: 'not_found',
  ENODEV: 'not_found',
  ECHILD: 'not_found',
  EACCES: 'permission_denied',
  EPERM: 'permission_denied',
  EROFS: 'permission_denied',
  EEXIST: 'already_exists',
  EADDRINUSE: 'already_exists',
  EINVAL: 'invalid_argument',
  ENAMETOOLONG: 'invalid_argument',
  ENOTDIR: 'invalid_argument',
  EISDIR: 'invalid_argument',
  ELOOP: 'invalid_argument',
  EBADF: 'internal',
  EFAULT: 'internal',
  EBUSY: 'failed_precondition',
  ENOTEMPTY: 'failed_precondition',
  ENOTCONN: 'failed_precondition',
  EMFILE: 'resource_exhausted',
  ENFILE: 'resource_exhausted',
  ENOMEM: 'resource_exhausted',
  ENOSPC: 'resource_exhausted',
  EDQUOT: 'resource_exhausted',
  EMSGSIZE: 'resource_exhausted',
  ENOSYS: 'unimplemented',
  ENOTSUP: 'unimplemented',
  ECONNREFUSED: 'unavailable',
  ECONNRESET: 'unavailable',
  EPIPE: 'unavailable',
  EAGAIN: 'unavailable',
  ETIMEDOUT: 'deadline_exceeded',
  EINTR: 'aborted',
  ECANCELED: 'canceled',
};

/** The code under which a failed system call is reported; `unknown` for an errno that no caller can act on. */
export function errnoCode(name: string): ErrorCode {
  return codes[name] ?? 'unknown';
}
