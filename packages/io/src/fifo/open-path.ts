import { constants } from 'node:fs';
import type { Fd } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';

const O_PATH = 0o10_000_000;

/** A file that was found once: whatever its path becomes, every opening is of this very file. */
export interface FoundFile {
  readonly path: string;
  readonly kind: ReturnType<Sys['fileKind']>;
  /** @throws SystemError */
  open(flags: number): Fd;
}

/**
 * Finds a file and lets `use` open it, as often as it likes, without going by its path again: a path that is replaced
 * between two openings leads nowhere else. Opens nothing by itself, so a fifo's peers and a device notice nothing.
 * @throws SystemError `not_found` and the like
 */
export function withFoundFile<T>(sys: Sys, path: string, use: (file: FoundFile) => T): T {
  const handle = sys.open(path, O_PATH);
  try {
    return use({ path, kind: sys.fileKind(handle), open: (flags) => reopen(sys, handle, flags) });
  } finally {
    sys.close(handle);
  }
}

/** Opens once more what a descriptor refers to. Does not work for sockets. @throws SystemError */
export function reopen(sys: Sys, fd: Fd, flags: number): Fd {
  return sys.open(`/proc/self/fd/${fd}`, flags | constants.O_NOCTTY);
}
