import type { Fd } from '@sandshim/runsc-client';
import type { FifoReader } from '../fifo/fifo-reader.ts';
import type { FifoWriter } from '../fifo/fifo-writer.ts';
import type { ReadinessWatch, Sys } from '../sys/index.ts';
import type { StreamOptions } from './copied-output.ts';
import type { InputStream } from './input-stream.ts';
import type { Stream } from './stream.ts';

/**
 * Output straight into the client's fifo: the process itself writes it, and no byte passes here. It owns the fifo, of which
 * it keeps a reader, so that the process outlives its readers.
 */
export class DirectOutput implements Stream {
  readonly name: 'stdout' | 'stderr';
  readonly bytes = 0;
  readonly #sys: Sys;
  readonly #fifo: FifoWriter;
  readonly #settle: () => void;
  readonly done: Promise<void>;
  #hangup: ReadinessWatch | undefined;
  #child: Fd | undefined;
  #complete = false;

  constructor(fifo: FifoWriter, { sys, name, owner }: StreamOptions) {
    this.name = name;
    this.#sys = sys;
    this.#fifo = fifo;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#settle = resolve;
    this.#child = fifo.openForProcess();
    if (owner !== undefined) sys.chown(this.#child, owner.uid, owner.gid);
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get complete(): boolean {
    return this.#complete;
  }

  releaseChild(): void {
    if (this.#child === undefined) return;
    this.#sys.close(this.#child);
    this.#child = undefined;
    const { spare } = this.#fifo;
    if (spare === undefined) return;
    // From here on the process alone writes: when it hangs up, all has been written.
    this.#hangup = this.#sys.watch(spare, { readable: false, writable: false, hangup: true }, () => this.#written());
    this.#fifo.leaveWriting();
  }

  exited(): void {
    this.releaseChild();
  }

  [Symbol.dispose](): void {
    this.releaseChild();
    this.#complete = true;
    this.#hangup?.[Symbol.dispose]();
    this.#fifo[Symbol.dispose]();
    this.#settle();
  }

  #written(): void {
    this.#complete = true;
    this.#hangup?.[Symbol.dispose]();
    this.#fifo.end();
    this.#settle();
  }
}

/** Input straight from the client's fifo. It owns the fifo, of which it keeps a writer until {@link closeInput}. */
export class DirectInput implements InputStream {
  readonly name = 'stdin';
  readonly bytes = 0;
  readonly #sys: Sys;
  readonly #fifo: FifoReader;
  readonly #settle: () => void;
  readonly done: Promise<void>;
  #child: Fd | undefined;
  #complete = false;

  constructor(fifo: FifoReader, { sys, owner }: Omit<StreamOptions, 'name'>) {
    this.#sys = sys;
    this.#fifo = fifo;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#settle = resolve;
    this.#child = fifo.openForProcess();
    if (owner !== undefined) sys.chown(this.#child, owner.uid, owner.gid);
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get complete(): boolean {
    return this.#complete;
  }

  closeInput(): void {
    this.#fifo.releaseWriter();
  }

  releaseChild(): void {
    if (this.#child !== undefined) this.#sys.close(this.#child);
    this.#child = undefined;
    this.#fifo.closeReader();
  }

  exited(): void {
    this.releaseChild();
    this.#complete = true;
    this.#settle();
  }

  [Symbol.dispose](): void {
    this.exited();
    this.#fifo.releaseWriter();
  }
}
