import type { ProcessExit } from '../container.ts';
import { settledWithin, timeIsUp } from '../lib/bounded.ts';
import { killedStatus } from '../reaper/exit-status.ts';

/** An exec that has a process, as the exit order sees it. */
export interface RunningExec {
  /** Settles when its exit has been published. */
  readonly published: Promise<void>;
  /** Ends it the hard way. */
  kill(): void;
  /** Publishes `exit` unless one has been published already. */
  giveUp(exit: ProcessExit): void;
}

/**
 * Keeps a container's exits in order: every exec's before its init's. An exec enters when its start begins, and leaves when
 * it failed to start or its exit is published.
 */
export class ExitOrder {
  readonly #starting = new Set<Promise<unknown>>();
  readonly #running = new Set<RunningExec>();
  #initExited = false;

  /** From now on no exec may start. */
  get initExited(): boolean {
    return this.#initExited;
  }

  /** `start`, noted while it lasts. */
  async whileStarting<T>(start: () => Promise<T>): Promise<T> {
    const starting = start();
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Notes an exec that runs, until its exit is published. */
  running(exec: RunningExec): void {
    this.#running.add(exec);
    void exec.published.then(() => this.#running.delete(exec));
  }

  noteInitExit(): void {
    this.#initExited = true;
  }

  /**
   * Settles when every exec's exit is published, within three times `patienceMs`: those that do not end are killed, then
   * given up as killed.
   */
  async execsEnded(options: { readonly patienceMs: number; readonly now: () => Date }): Promise<void> {
    // An allSettled, since a start's failure is its caller's. Starts are bounded by their own commands.
    while (this.#starting.size > 0) await Promise.allSettled(this.#starting);
    if (await this.#allPublished(options.patienceMs)) return;
    for (const exec of this.#running) exec.kill();
    if (await this.#allPublished(options.patienceMs)) return;
    for (const exec of this.#running) exec.giveUp({ status: killedStatus, exitedAt: options.now() });
    await this.#allPublished(options.patienceMs);
  }

  async #allPublished(timeoutMs: number): Promise<boolean> {
    const all = Promise.all([...this.#running].map(({ published }) => published));
    return (await settledWithin(all, timeoutMs)) !== timeIsUp;
  }
}
