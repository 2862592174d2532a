import type { Fd } from '@sandshim/runsc-client';
import type { Logger } from '../logger/logger.ts';
import type { Sys } from '../sys/index.ts';
import type { Stream } from './stream.ts';
import { TargetCopy } from './target-copy.ts';

/** What a {@link LoggedOutput} is made of: it owns the pipe. */
export interface LoggedOutputOptions {
  readonly sys: Sys;
  readonly name: 'stdout' | 'stderr';
  readonly pipe: { readonly read: Fd; readonly write: Fd };
}

/**
 * Output that a logging program reads itself: no byte passes here. A reader of the pipe is kept, and a program that dies
 * is replaced by nobody: what comes then is dropped, and the process goes on.
 */
export class LoggedOutput implements Stream {
  readonly name: 'stdout' | 'stderr';
  readonly bytes = 0;
  readonly #sys: Sys;
  readonly #spare: Fd;
  readonly #closing = Promise.withResolvers<void>();
  readonly done: Promise<void>;
  #child: Fd | undefined;
  #rest: TargetCopy | undefined;
  #closed = false;
  #complete = false;

  constructor(logger: Pick<Logger, 'exited'>, { sys, name, pipe }: LoggedOutputOptions) {
    this.name = name;
    this.#sys = sys;
    this.#spare = pipe.read;
    this.#child = pipe.write;
    this.done = Promise.race([logger.exited.then(() => this.#loggerEnded()), this.#closing.promise]);
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get complete(): boolean {
    return this.#complete;
  }

  releaseChild(): void {
    if (this.#child !== undefined) this.#sys.close(this.#child);
    this.#child = undefined;
  }

  exited(): void {
    this.releaseChild();
  }

  [Symbol.dispose](): void {
    this.releaseChild();
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.resolve();
    if (this.#rest !== undefined) this.#rest[Symbol.dispose]();
    else if (!this.#complete) this.#sys.close(this.#spare);
  }

  async #loggerEnded(): Promise<void> {
    if (!this.#closed) {
      this.#sys.setNonBlocking(this.#spare, true);
      this.#rest = new TargetCopy({ kind: 'discard' }, { sys: this.#sys, from: this.#spare, terminal: false });
      await this.#rest.done;
    }
    this.#complete = true;
  }
}
