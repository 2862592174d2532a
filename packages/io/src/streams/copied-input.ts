import type { Fd } from '@sandshim/runsc-client';
import { Copier } from '../copy/copier.ts';
import { PipeMover } from '../copy/pipe-mover.ts';
import type { FifoReader } from '../fifo/fifo-reader.ts';
import type { Sys } from '../sys/index.ts';
import type { StreamOptions } from './copied-output.ts';
import type { InputStream } from './input-stream.ts';
import { openInputPipe } from './output-pipe.ts';

/** Input from a client's fifo through a pipe of ours. It owns the fifo. */
export class CopiedInput implements InputStream {
  readonly name = 'stdin';
  readonly #sys: Sys;
  readonly #fifo: FifoReader;
  readonly #copier: Copier;
  readonly done: Promise<void>;
  #child: Fd | undefined;

  constructor(fifo: FifoReader, { sys, owner }: Pick<StreamOptions, 'sys' | 'owner'>) {
    this.#sys = sys;
    this.#fifo = fifo;
    const pipe = openInputPipe(sys, owner);
    sys.setNonBlocking(pipe.write, true);
    this.#child = pipe.read;
    const route = { sys, from: fifo.fd, to: pipe.write };
    this.#copier = new Copier({ ...route, mover: new PipeMover(route) });
    this.done = this.#copier.done.then(() => {
      sys.close(pipe.write);
      fifo.closeReader();
    });
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get bytes(): number {
    return this.#copier.bytes;
  }

  get complete(): boolean {
    return this.#copier.ended;
  }

  closeInput(): void {
    this.#fifo.releaseWriter();
  }

  releaseChild(): void {
    if (this.#child !== undefined) this.#sys.close(this.#child);
    this.#child = undefined;
  }

  /** Nobody is left to read. */
  exited(): void {
    this.releaseChild();
    this.#copier.abort();
  }

  [Symbol.dispose](): void {
    this.exited();
    this.#fifo.releaseWriter();
  }
}
