import type { Fd } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';
import { openOutputPipe, type PipeOwner } from './output-pipe.ts';
import { closeTarget, type OutputTarget } from './output-target.ts';
import type { Stream } from './stream.ts';
import { TargetCopy } from './target-copy.ts';

/** What a stream of a process is opened with. */
export interface StreamOptions {
  readonly sys: Sys;
  readonly name: 'stdout' | 'stderr';
  readonly owner: PipeOwner | undefined;
}

/**
 * Output through a pipe of ours and a copier, which begins once the process has its end of the pipe for itself: what the
 * runtime's command writes before it fails is the runtime's to tell, not the process's. It owns the target.
 */
export class CopiedOutput implements Stream {
  readonly name: 'stdout' | 'stderr';
  readonly #sys: Sys;
  readonly #target: OutputTarget;
  readonly #read: Fd;
  readonly #settled = Promise.withResolvers<void>();
  readonly done = this.#settled.promise;
  #child: Fd | undefined;
  #copy: TargetCopy | undefined;

  constructor(target: OutputTarget, { sys, name, owner }: StreamOptions) {
    this.name = name;
    this.#sys = sys;
    this.#target = target;
    const pipe = openOutputPipe(sys, owner);
    sys.setNonBlocking(pipe.read, true);
    this.#read = pipe.read;
    this.#child = pipe.write;
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get bytes(): number {
    return this.#copy?.bytes ?? 0;
  }

  get lostBytes(): number {
    return this.#copy?.lostBytes ?? 0;
  }

  get complete(): boolean {
    return this.#copy?.complete ?? false;
  }

  releaseChild(): void {
    if (!this.#closeChild()) return;
    this.#copy = new TargetCopy(this.#target, { sys: this.#sys, from: this.#read, terminal: false });
    void this.#copy.done.then(this.#settled.resolve);
  }

  /** The end comes by itself when the last process that has the pipe closes it. */
  exited(): void {
    this.releaseChild();
  }

  [Symbol.dispose](): void {
    this.#copy?.[Symbol.dispose]();
    if (!this.#closeChild()) return;
    this.#sys.close(this.#read);
    closeTarget(this.#sys, this.#target);
    this.#settled.resolve();
  }

  /** Whether it was open. */
  #closeChild(): boolean {
    if (this.#child === undefined) return false;
    this.#sys.close(this.#child);
    this.#child = undefined;
    return true;
  }
}
