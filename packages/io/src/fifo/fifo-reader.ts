import { constants } from 'node:fs';
import { type Fd, SandshimError } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';
import { reopen, withFoundFile } from './open-path.ts';

/**
 * The reading side of a fifo, non-blocking. While it is kept alive it also holds a writer, so that clients may come and
 * go without ending the stream; {@link releaseWriter} lets the end through once the last client has gone.
 */
export class FifoReader implements Disposable {
  readonly #sys: Sys;
  #reader: Fd | undefined;
  #writer: Fd | undefined;

  constructor(sys: Sys, ends: { readonly reader: Fd; readonly writer: Fd | undefined }) {
    this.#sys = sys;
    this.#reader = ends.reader;
    this.#writer = ends.writer;
  }

  /** @throws SandshimError `failed_precondition` once closed */
  get fd(): Fd {
    if (this.#reader === undefined) throw new SandshimError('failed_precondition', 'the fifo is closed');
    return this.#reader;
  }

  /** A blocking descriptor for a process that is to read by itself; only while the writer is held. The caller closes it. */
  openForProcess(): Fd {
    return reopen(this.#sys, this.fd, constants.O_RDONLY);
  }

  releaseWriter(): void {
    if (this.#writer !== undefined) this.#sys.close(this.#writer);
    this.#writer = undefined;
  }

  /** Gives up reading alone; the writer that is held stays. */
  closeReader(): void {
    if (this.#reader !== undefined) this.#sys.close(this.#reader);
    this.#reader = undefined;
  }

  [Symbol.dispose](): void {
    this.closeReader();
    this.releaseWriter();
  }
}

/** How a fifo is opened. */
export interface OpenFifoOptions {
  readonly sys: Sys;
}

/**
 * Opens a fifo for reading, without ever waiting for a writer.
 * @throws SystemError `not_found` and the like; SandshimError `invalid_argument` for what is no fifo
 */
export function openFifoReader(
  path: string,
  { sys, keepAlive }: OpenFifoOptions & { readonly keepAlive: boolean },
): FifoReader {
  return withFoundFile(sys, path, (file) => {
    if (file.kind !== 'fifo') throw new SandshimError('invalid_argument', `${path} is not a fifo`);
    const reader = file.open(constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // Our own reader is there already, so this opening finds a peer and succeeds at once.
      const writer = keepAlive ? file.open(constants.O_WRONLY | constants.O_NONBLOCK) : undefined;
      return new FifoReader(sys, { reader, writer });
    } catch (error) {
      sys.close(reader);
      throw error;
    }
  });
}
