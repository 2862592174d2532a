import type { Fd } from '@sandshim/runsc-client';
import type { Copier, CopyEnd } from '../copy/copier.ts';
import type { Sys } from '../sys/index.ts';
import { closeTarget, copyInto, endTarget, type OutputTarget } from './output-target.ts';

/** What a {@link TargetCopy} copies. It owns `from`, and the target. */
export interface TargetCopyOptions {
  readonly sys: Sys;
  readonly from: Fd;
  readonly terminal: boolean;
}

/**
 * The copy of one output into its target, and the ending of both. A target that is lost (a logging program that died) does
 * not end the process that writes: what comes then is dropped, and counted.
 */
export class TargetCopy implements Disposable {
  readonly #options: TargetCopyOptions;
  #target: OutputTarget;
  #copier: Copier;
  #arrived = 0;
  #lost = 0;
  #finishing = false;
  #complete = false;
  #ended = false;
  #closed = false;
  /** Settles when the descriptors are closed; a fifo without a reader lingers until the disposal. Never rejects. */
  readonly done: Promise<void>;

  constructor(target: OutputTarget, options: TargetCopyOptions) {
    this.#options = options;
    this.#target = target;
    this.#copier = this.#start(target);
    this.done = this.#run();
  }

  /** Bytes that left the source and arrived. */
  get bytes(): number {
    return this.#arrived + (this.#target.kind === 'discard' ? 0 : this.#copier.bytes) - this.#lost;
  }

  get lostBytes(): number {
    return this.#lost;
  }

  /** Whether the source has ended, and nothing of it is on its way any more. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Whether the source is closed, for whatever reason. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Copies what is there, then ends. */
  finish(): void {
    this.#finishing = true;
    this.#copier.finish();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#copier.abort();
    if (this.#complete && this.#target.kind === 'fifo') this.#target.fifo[Symbol.dispose]();
  }

  #start(target: OutputTarget): Copier {
    const onLoss = (bytes: number): void => {
      this.#lost += bytes;
    };
    return copyInto(target, { ...this.#options, onLoss });
  }

  async #run(): Promise<void> {
    const { sys, from } = this.#options;
    let end = await this.#copier.done;
    if (this.#isLost(end)) {
      this.#arrived = this.#copier.bytes;
      closeTarget(sys, this.#target);
      this.#target = { kind: 'discard' };
      this.#copier = this.#start(this.#target);
      if (this.#finishing) this.#copier.finish();
      end = await this.#copier.done;
    }
    this.#ended = true;
    sys.close(from);
    this.#complete = end.kind === 'ended';
    if (this.#complete && !this.#closed) endTarget(sys, this.#target);
    else closeTarget(sys, this.#target);
  }

  #isLost(end: CopyEnd): boolean {
    return !this.#closed && this.#target.kind !== 'discard' && (end.kind === 'target-gone' || end.kind === 'failed');
  }
}
