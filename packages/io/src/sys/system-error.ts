import { getSystemErrorMessage } from 'node:util';
import { SandshimError } from '@sandshim/runsc-client';
import { errnoCode, errnoName } from './errno.ts';

/** What a {@link SystemError} is made of. */
export interface SystemErrorDetails {
  /** The call's name, as in `umount2`. */
  readonly syscall: string;
  readonly errno: number;
  /** What the call was about: a path, or a descriptor. */
  readonly subject?: string;
}

/** A system call that failed. `code` says what kind of failure it is, `errno` which one exactly. */
export class SystemError extends SandshimError {
  /** The errno's name, as in `ENOENT`. */
  readonly errno: string;
  readonly syscall: string;

  constructor(details: SystemErrorDetails, options?: ErrorOptions) {
    const name = errnoName(details.errno);
    const subject = details.subject === undefined ? '' : ` ${details.subject}`;
    const text = getSystemErrorMessage(-details.errno);
    super(errnoCode(name), `${details.syscall}${subject}: ${text} (${name})`, options);
    this.name = 'SystemError';
    this.errno = name;
    this.syscall = details.syscall;
  }

  /** Whether `value` is a failed system call (of any copy of this package), and with `errno` whether it is that one. */
  static hasErrno(value: unknown, ...errnos: readonly string[]): value is SystemError {
    if (!SandshimError.is(value) || !('errno' in value) || !('syscall' in value)) return false;
    return errnos.length === 0 || errnos.some((name) => name === value.errno);
  }
}
