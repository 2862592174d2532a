import type { Pid } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';

/** The latest exits, by pid, each with its place in time; the oldest goes when there are too many. */
export class KeptExits {
  readonly #exits = new Map<Pid, { readonly at: number; readonly exit: ProcessExit }>();
  readonly #capacity: number;
  #clock = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#exits.size;
  }

  /** A moment: {@link get} with it finds only what was added later. */
  mark(): number {
    return this.#clock;
  }

  add(pid: Pid, exit: ProcessExit): void {
    this.#clock += 1;
    // Deleting first moves a pid that comes again to the young end of the map.
    this.#exits.delete(pid);
    this.#exits.set(pid, { at: this.#clock, exit });
    const oldest = this.#exits.keys().next();
    if (this.#exits.size > this.#capacity && !oldest.done) this.#exits.delete(oldest.value);
  }

  /** The exit of `pid`, unless it came before `since`: then it was another process of that number. */
  get(pid: Pid, since: number): ProcessExit | undefined {
    const kept = this.#exits.get(pid);
    return kept !== undefined && kept.at > since ? kept.exit : undefined;
  }
}
