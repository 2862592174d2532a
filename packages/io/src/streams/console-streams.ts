import type { Fd } from '@sandshim/runsc-client';
import { Copier } from '../copy/copier.ts';
import { PlainMover } from '../copy/plain-mover.ts';
import type { FifoReader } from '../fifo/fifo-reader.ts';
import type { Sys, WindowSize } from '../sys/index.ts';
import type { InputStream } from './input-stream.ts';
import type { OutputTarget } from './output-target.ts';
import type { Stream } from './stream.ts';
import { TargetCopy } from './target-copy.ts';

/** A terminal's master and where it is used. Each stream owns the descriptor that it is given. */
export interface ConsoleOptions {
  readonly sys: Sys;
  readonly master: Fd;
}

/** What a terminal prints. It owns the target. */
export class ConsoleOutput implements Stream {
  readonly name = 'console';
  readonly child = undefined;
  readonly #sys: Sys;
  readonly #master: Fd;
  readonly #copy: TargetCopy;
  readonly #closing = Promise.withResolvers<void>();
  readonly done: Promise<void>;

  /** `consumed` settles when whoever reads the target has had all of it; without it the target is the end of the way. */
  constructor(target: OutputTarget, { sys, master, consumed }: ConsoleOptions & { readonly consumed?: Promise<void> }) {
    this.#sys = sys;
    this.#master = master;
    this.#copy = new TargetCopy(target, { sys, from: master, terminal: true });
    this.done = this.#copy.done.then(() => Promise.race([consumed, this.#closing.promise]));
  }

  get bytes(): number {
    return this.#copy.bytes;
  }

  get lostBytes(): number {
    return this.#copy.lostBytes;
  }

  get complete(): boolean {
    return this.#copy.complete;
  }

  /** After the end it does nothing. */
  resize(size: WindowSize): void {
    if (!this.#copy.ended) this.#sys.setWindowSize(this.#master, size);
  }

  releaseChild(): void {
    // The slave was never ours.
  }

  /** A slave may stay open in the background for ever: the end is what has been printed by now. */
  exited(): void {
    this.#copy.finish();
  }

  [Symbol.dispose](): void {
    this.#closing.resolve();
    this.#copy[Symbol.dispose]();
  }
}

/** What a client types. It owns the fifo. */
export class ConsoleInput implements InputStream {
  readonly name = 'stdin';
  readonly child = undefined;
  readonly #fifo: FifoReader;
  readonly #copier: Copier;
  readonly done: Promise<void>;

  constructor(fifo: FifoReader, { sys, master }: ConsoleOptions) {
    this.#fifo = fifo;
    const route = { sys, from: fifo.fd, to: master };
    this.#copier = new Copier({ ...route, mover: new PlainMover(route), edgeTriggered: { to: true } });
    this.done = this.#copier.done.then(() => {
      sys.close(master);
      fifo.closeReader();
    });
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
    // The slave was never ours.
  }

  exited(): void {
    this.#copier.abort();
  }

  [Symbol.dispose](): void {
    this.exited();
    this.#fifo.releaseWriter();
  }
}
