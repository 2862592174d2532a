import type { Fd } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';
import { openOutputPipe, type PipeOwner } from './output-pipe.ts';
import type { OutputTarget } from './output-target.ts';
import type { Stream } from './stream.ts';
import { TargetCopy } from './target-copy.ts';

/** What a stream of a process is opened with. */
export interface StreamOptions {
  readonly sys: Sys;
  readonly name: 'stdout' | 'stderr';
  readonly owner: PipeOwner | undefined;
}

/** Output through a pipe of ours and a copier. It owns the target. */
export class CopiedOutput implements Stream {
  readonly name: 'stdout' | 'stderr';
  readonly #sys: Sys;
  readonly #copy: TargetCopy;
  #child: Fd | undefined;

  constructor(target: OutputTarget, { sys, name, owner }: StreamOptions) {
    this.name = name;
    this.#sys = sys;
    const pipe = openOutputPipe(sys, owner);
    sys.setNonBlocking(pipe.read, true);
    this.#child = pipe.write;
    this.#copy = new TargetCopy(target, { sys, from: pipe.read, terminal: false });
  }

  get child(): Fd | undefined {
    return this.#child;
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

  get done(): Promise<void> {
    return this.#copy.done;
  }

  releaseChild(): void {
    if (this.#child !== undefined) this.#sys.close(this.#child);
    this.#child = undefined;
  }

  /** The end comes by itself when the last process that has the pipe closes it. */
  exited(): void {
    this.releaseChild();
  }

  [Symbol.dispose](): void {
    this.releaseChild();
    this.#copy[Symbol.dispose]();
  }
}
