import type { Fd } from '@sandshim/runsc-client';
import { type Sys, SystemError } from '../sys/index.ts';
import { readTerminal } from './read-terminal.ts';

/** A buffer between a source and a target: filled by one read, emptied by as many writes as it takes. */
export class HeldBytes {
  readonly #sys: Sys;
  readonly #terminal: boolean;
  readonly #buffer: Buffer;
  #start = 0;
  #end = 0;

  /** With `terminal` it is filled from a pty's master. */
  constructor(sys: Sys, options: { readonly size: number; readonly terminal?: boolean }) {
    this.#sys = sys;
    this.#terminal = options.terminal ?? false;
    this.#buffer = Buffer.allocUnsafe(options.size);
  }

  get empty(): boolean {
    return this.#start === this.#end;
  }

  /** Reads into the empty buffer, as {@link Sys.read} does. */
  fill(from: Fd): number | undefined {
    const count = this.#terminal ? readTerminal(this.#sys, from, this.#buffer) : this.#sys.read(from, this.#buffer);
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
