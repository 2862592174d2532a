import { constants } from 'node:fs';
import { type Fd, SandshimError } from '@sandshim/runsc-client';
import { type Sys, SystemError } from '../sys/index.ts';
import type { OpenFifoOptions } from './fifo-reader.ts';
import { Linger } from './linger.ts';
import { type FoundFile, reopen, withFoundFile } from './open-path.ts';

/**
 * The writing side of a fifo, non-blocking. It holds a spare reader, so that a client that goes away neither breaks the
 * writer (EPIPE) nor loses what waits in the fifo; a full fifo makes the writer wait.
 */
export class FifoWriter implements Disposable {
  readonly #sys: Sys;
  #writer: Fd | undefined;
  #spare: Fd | undefined;
  #lingering: Linger | undefined;

  constructor(sys: Sys, ends: { readonly writer: Fd; readonly spare: Fd }) {
    this.#sys = sys;
    this.#writer = ends.writer;
    this.#spare = ends.spare;
  }

  /** @throws SandshimError `failed_precondition` once closed */
  get fd(): Fd {
    if (this.#writer === undefined) throw new SandshimError('failed_precondition', 'the fifo is closed');
    return this.#writer;
  }

  /** The reader that is held: its hang-up says that the last writer has gone. */
  get spare(): Fd | undefined {
    return this.#spare;
  }

  /** A blocking descriptor of its own for a process that is to write by itself. The caller closes it. */
  openForProcess(): Fd {
    return reopen(this.#sys, this.fd, constants.O_WRONLY);
  }

  /** Leaves the writing to processes that were given {@link openForProcess}; the spare reader stays. */
  leaveWriting(): void {
    this.#closeWriter();
  }

  /**
   * Nothing more will be written: readers see the end once they have read everything. Where a reader is slow, or is not
   * there at this moment, what is in the fifo waits for it, until this is closed.
   */
  end(): void {
    if (this.#spare === undefined) return;
    this.#writer ??= reopen(this.#sys, this.#spare, constants.O_WRONLY | constants.O_NONBLOCK);
    this.#closeSpare();
    if (this.#sys.readableBytes(this.#writer) === 0 && this.#hasReader()) this.#closeWriter();
    else this.#lingering = this.#linger(this.#writer);
  }

  [Symbol.dispose](): void {
    this.#lingering?.[Symbol.dispose]();
    this.#closeSpare();
    this.#closeWriter();
  }

  /** A fifo opens for non-blocking writing only where somebody reads it. Exact while the spare reader is closed. */
  #hasReader(): boolean {
    try {
      this.#sys.close(reopen(this.#sys, this.fd, constants.O_WRONLY | constants.O_NONBLOCK));
      return true;
    } catch (error) {
      if (SystemError.hasErrno(error, 'ENXIO')) return false;
      throw error;
    }
  }

  #linger(writer: Fd): Linger {
    return new Linger({
      sys: this.#sys,
      writer,
      hasReader: () => this.#hasReader(),
      onDelivered: () => this.#closeWriter(),
    });
  }

  #closeWriter(): void {
    if (this.#writer !== undefined) this.#sys.close(this.#writer);
    this.#writer = undefined;
  }

  #closeSpare(): void {
    if (this.#spare !== undefined) this.#sys.close(this.#spare);
    this.#spare = undefined;
  }
}

/**
 * Opens a fifo for writing, without ever waiting for a reader.
 * @throws SystemError `not_found` and the like; SandshimError `invalid_argument` for what is no fifo
 */
export function openFifoWriter(path: string, { sys }: OpenFifoOptions): FifoWriter {
  return withFoundFile(sys, path, (file) => {
    if (file.kind !== 'fifo') throw new SandshimError('invalid_argument', `${path} is not a fifo`);
    return openFoundFifo(sys, file);
  });
}

/** The same for a fifo that was found before. */
export function openFoundFifo(sys: Sys, file: FoundFile): FifoWriter {
  const spare = file.open(constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return new FifoWriter(sys, { writer: file.open(constants.O_WRONLY | constants.O_NONBLOCK), spare });
  } catch (error) {
    sys.close(spare);
    throw error;
  }
}
