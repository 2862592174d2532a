import type { Route } from './plain-mover.ts';
import { readTerminal } from './read-terminal.ts';
import type { Mover, Step } from './step.ts';

const size = 64 * 1024;

/** Reads and drops, so that a process without anybody to listen does not block on a full pipe or terminal. */
export class DiscardMover implements Mover {
  readonly #route: Pick<Route, 'sys' | 'from'>;
  readonly #terminal: boolean;
  #buffer: Buffer | undefined;

  constructor(route: Pick<Route, 'sys' | 'from'>, options: { readonly terminal: boolean }) {
    this.#route = route;
    this.#terminal = options.terminal;
  }

  step(): Step {
    const { sys, from } = this.#route;
    this.#buffer ??= Buffer.allocUnsafe(size);
    const bytes = this.#terminal ? readTerminal(sys, from, this.#buffer) : sys.read(from, this.#buffer);
    if (bytes === undefined) {
      // An idle stream keeps no memory.
      this.#buffer = undefined;
      return { kind: 'source-empty' };
    }
    return bytes === 0 ? { kind: 'ended' } : { kind: 'moved', bytes };
  }
}
