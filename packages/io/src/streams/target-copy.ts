import type { Fd } from '@sandshim/runsc-client';
import type { Copier } from '../copy/copier.ts';
import type { Sys } from '../sys/index.ts';
import { closeTarget, copyInto, endTarget, type OutputTarget } from './output-target.ts';

/** What a {@link TargetCopy} copies. It owns `from`, and the target. */
export interface TargetCopyOptions {
  readonly sys: Sys;
  readonly from: Fd;
  readonly terminal: boolean;
}

/** The copy of one output into its target, and the ending of both. */
export class TargetCopy implements Disposable {
  readonly #target: OutputTarget;
  readonly #copier: Copier;
  #lost = 0;
  #closed = false;
  /** Settles when the descriptors are closed; a fifo without a reader lingers until the disposal. Never rejects. */
  readonly done: Promise<void>;

  constructor(target: OutputTarget, { sys, from, terminal }: TargetCopyOptions) {
    this.#target = target;
    const onLoss = (bytes: number): void => {
      this.#lost += bytes;
    };
    this.#copier = copyInto(target, { sys, from, terminal, onLoss });
    this.done = this.#copier.done.then((end) => {
      sys.close(from);
      if (end.kind === 'ended' && !this.#closed) endTarget(sys, target);
      else closeTarget(sys, target);
    });
  }

  /** Bytes that left the source and arrived. */
  get bytes(): number {
    return this.#copier.bytes - this.#lost;
  }

  get lostBytes(): number {
    return this.#lost;
  }

  get complete(): boolean {
    return this.#copier.ended;
  }

  /** Copies what is there, then ends. */
  finish(): void {
    this.#copier.finish();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    if (!this.#copier.ended) this.#copier.abort();
    else if (this.#target.kind === 'fifo') this.#target.fifo[Symbol.dispose]();
  }
}
