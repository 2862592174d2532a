import type { Fd } from '@sandshim/runsc-client';
import { Copier } from '../copy/copier.ts';
import { PipeMover } from '../copy/pipe-mover.ts';
import type { FifoReader } from '../fifo/fifo-reader.ts';
import type { Sys } from '../sys/index.ts';
import type { StreamOptions } from './copied-output.ts';
import type { InputStream } from './input-stream.ts';
import { openInputPipe } from './output-pipe.ts';

export interface CopiedInputOptions extends Pick<StreamOptions, 'sys' | 'owner'> {
  /** The client's fifo is opened, and so found by the client to have a reader, only after this. */
  readonly after?: Promise<void> | undefined;
}

/** Input from a client's fifo through a pipe of ours. It owns the fifo. */
export class CopiedInput implements InputStream {
  readonly name = 'stdin';
  readonly #sys: Sys;
  readonly #open: () => FifoReader;
  readonly #write: Fd;
  readonly #settled = Promise.withResolvers<void>();
  readonly done = this.#settled.promise;
  #fifo: FifoReader | undefined;
  #copier: Copier | undefined;
  #child: Fd | undefined;
  #inputClosed = false;
  #ended = false;

  /** @throws what `open` throws, unless that comes later; then the process finds the end of its input. */
  constructor(open: () => FifoReader, { sys, owner, after }: CopiedInputOptions) {
    this.#sys = sys;
    this.#open = open;
    const pipe = openInputPipe(sys, owner);
    this.#child = pipe.read;
    this.#write = pipe.write;
    sys.setNonBlocking(pipe.write, true);
    if (after === undefined) this.#begin();
    else void after.then(() => this.#beginLate());
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get bytes(): number {
    return this.#copier?.bytes ?? 0;
  }

  get complete(): boolean {
    return this.#ended;
  }

  closeInput(): void {
    this.#inputClosed = true;
    this.#fifo?.releaseWriter();
  }

  releaseChild(): void {
    if (this.#child !== undefined) this.#sys.close(this.#child);
    this.#child = undefined;
  }

  /** Nobody is left to read. */
  exited(): void {
    this.releaseChild();
    if (this.#copier === undefined) this.#end();
    else this.#copier.abort();
    this.#fifo?.releaseWriter();
  }

  [Symbol.dispose](): void {
    this.exited();
  }

  #begin(): void {
    try {
      this.#fifo = this.#open();
      if (this.#inputClosed) this.#fifo.releaseWriter();
      const route = { sys: this.#sys, from: this.#fifo.fd, to: this.#write };
      this.#copier = new Copier({ ...route, mover: new PipeMover(route) });
    } catch (error) {
      this.releaseChild();
      this.#end();
      throw error;
    }
    void this.#copier.done.then(() => this.#end());
  }

  #beginLate(): void {
    if (this.#ended) return;
    try {
      this.#begin();
    } catch {
      // The client took its fifo away before anybody read it: there is no input.
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sys.close(this.#write);
    this.#fifo?.closeReader();
    this.#settled.resolve();
  }
}
