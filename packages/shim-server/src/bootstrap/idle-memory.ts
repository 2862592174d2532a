import type { Sys } from '@sandshim/io/sys';

export interface IdleMemoryOptions {
  readonly sys: Pick<Sys, 'releaseMemory'>;
  /** V8's own collector, which a program has under `--expose-gc` alone. */
  readonly collect: typeof globalThis.gc;
  readonly clock?: () => number;
}

// So long nothing happens before it is worth the while.
const idleMs = 1_000;
// A shim that is asked every few seconds, as a kubelet does, is not to be busy with this: pages take 5 ms of CPU time,
// garbage 35.
const leastPauseMs = 5_000;
const leastCollectMs = 30_000;

/**
 * Gives memory back once a shim has nothing to do, which is nearly all of its life: the garbage and the code of what it did,
 * and the pages of Node's binary that this took. Go's shims do the same every 30 s.
 */
export class IdleMemory implements Disposable {
  readonly #options: IdleMemoryOptions;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #released = Number.NEGATIVE_INFINITY;
  #collected = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(options: IdleMemoryOptions) {
    this.#options = options;
    this.#now = options.clock ?? (() => performance.now());
    this.used();
  }

  /** Something was done just now. */
  used(): void {
    this.#used = this.#now();
    // Not one timer for each call: the one that runs looks again.
    this.#timer ??= setTimeout(
      () => this.#look(),
      Math.max(idleMs, this.#released + leastPauseMs - this.#used),
    ).unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const left = this.#used + idleMs - this.#now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#look(), left).unref();
      return;
    }
    this.#timer = undefined;
    this.#released = this.#now();
    if (this.#released - this.#collected >= leastCollectMs) {
      this.#collected = this.#released;
      // This flavor also drops the code of functions that did not run lately, and every free page.
      this.#options.collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    }
    void this.#options.sys.releaseMemory();
  }
}
