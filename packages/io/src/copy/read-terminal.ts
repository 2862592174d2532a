import type { Fd } from '@sandshim/runsc-client';
import { type Sys, SystemError } from '../sys/index.ts';

/**
 * Reads a pty's master as {@link Sys.read} does. EIO only says that no process has the slave open at this moment: a login
 * program that opens it again goes on, so it reads as "nothing now", never as the end.
 */
export function readTerminal(sys: Sys, master: Fd, buffer: Uint8Array): number | undefined {
  try {
    return sys.read(master, buffer);
  } catch (error) {
    if (SystemError.hasErrno(error, 'EIO')) return undefined;
    throw error;
  }
}
