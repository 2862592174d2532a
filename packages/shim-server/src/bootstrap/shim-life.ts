import type { SandshimConfig } from '../options/sandshim-config.ts';

export interface ShimLifeOptions {
  readonly exitGraceMs: SandshimConfig['exitGraceMs'];
  /** Whether containers are there or being made. */
  readonly busy: () => boolean;
  /** Ends the process, in good order. Called once. */
  readonly exit: (reason: string) => void;
}

// A shim that nobody ever asked for a container: containerd died between start and Create.
const unusedMs = 300_000;

/**
 * Decides when a shim has served its time: at containerd's Shutdown, or by itself some time after its last container has
 * gone, since not every containerd sends one. A start that has just been told this shim's address puts either off.
 */
export class ShimLife implements Disposable {
  readonly #options: ShimLifeOptions;
  #timer: NodeJS.Timeout | undefined;
  #lastJoin = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor(options: ShimLifeOptions) {
    this.#options = options;
    this.#schedule(unusedMs, 'nobody asked for a container');
  }

  /** Another start has found this shim: its Create will follow. */
  joined(): void {
    this.#lastJoin = performance.now();
  }

  /** A container is there: whoever joined has come. */
  used(): void {
    this.#lastJoin = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#timer);
  }

  /** The last container has gone. */
  empty(): void {
    this.#schedule(this.#options.exitGraceMs, 'the last container is gone');
  }

  /** containerd has no more use for this shim. */
  shutdown(): void {
    const expected = performance.now() - this.#lastJoin < this.#options.exitGraceMs;
    // After the answer to the request that brought this has gone out.
    this.#schedule(expected ? this.#options.exitGraceMs : 0, 'containerd said so');
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#ended || this.#options.busy()) return;
      this.#ended = true;
      this.#options.exit(reason);
    }, delayMs);
  }
}
