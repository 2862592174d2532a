import type { Fd } from '@sandshim/runsc-client';
import { type Sys, SystemError } from '../sys/index.ts';

type Read = (from: Fd, buffer: Uint8Array) => number | undefined;

/** A buffer between a source and a target: filled by one read, emptied by as many writes as it takes. */
export class HeldBytes {
  readonly #sys: Sys;
  readonly #buffer: Buffer;
  #start = 0;
  #end = 0;

  constructor(sys: Sys, size: number) {
    this.#sys = sys;
    this.#buffer = Buffer.allocUnsafe(size);
  }

  get empty(): boolean {
    return this.#start === this.#end;
  }

  /** Reads into the empty buffer, as {@link Sys.read} does. */
  fill(from: Fd, read: Read = (fd, buffer) => this.#sys.read(fd, buffer)): number | undefined {
    const count = read(from, this.#buffer);
    this.#start = 0;
    this.#end = count ?? 0;
    return count;
  }

  /** Writes what is held until it is gone or the target is full. `gone` when nobody reads the target any more. */
  flush(to: Fd): 'flushed' | 'full' | 'gone' {
    while (!this.empty) {
      const written = writeUnlessGone(this.#sys, to, this.#buffer.subarray(this.#start, this.#end));
      if (written === 'gone') return 'gone';
      if (written === undefined) return 'full';
      this.#start += written;
    }
    return 'flushed';
  }
}

function writeUnlessGone(sys: Sys, to: Fd, bytes: Uint8Array): number | undefined | 'gone' {
  try {
    return sys.write(to, bytes);
  } catch (error) {
    if (SystemError.hasErrno(error, 'EPIPE')) return 'gone';
    throw error;
  }
}
