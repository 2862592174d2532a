import type { Fd } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';
import { HeldBytes } from './held-bytes.ts';
import type { Mover, Step } from './step.ts';

/** The descriptors of one copy. */
export interface Route {
  readonly sys: Sys;
  readonly from: Fd;
  readonly to: Fd;
}

const defaultSize = 16 * 1024;

/** Moves by read and write: for terminals, and wherever the kernel cannot splice. */
export class PlainMover implements Mover {
  readonly #route: Route;
  readonly #held: HeldBytes;

  constructor(route: Route, options: { readonly size?: number; readonly terminal?: boolean } = {}) {
    this.#route = route;
    this.#held = new HeldBytes(route.sys, { size: defaultSize, ...options });
  }

  step(): Step {
    const flushed = this.#held.flush(this.#route.to);
    if (flushed === 'gone') return { kind: 'target-gone' };
    if (flushed === 'full') return { kind: 'target-full' };
    const bytes = this.#held.fill(this.#route.from);
    if (bytes === undefined) return { kind: 'source-empty' };
    if (bytes === 0) return { kind: 'ended' };
    // Written at once: a line on its way to a reader does not wait for the next turn.
    return this.#held.flush(this.#route.to) === 'gone' ? { kind: 'target-gone' } : { kind: 'moved', bytes };
  }
}
