import type { Fd } from '@sandshim/runsc-client';
import type { Copier } from '../copy/copier.ts';
import type { Sys } from '../sys/index.ts';
import { closeTarget, copyInto, endTarget, type OutputTarget } from './output-target.ts';
import type { Stream } from './stream.ts';

/** What an output stream is opened with. It owns the target from then on. */
export interface OutputOptions {
  readonly sys: Sys;
  readonly name: 'stdout' | 'stderr';
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** Output through a pipe of ours and a copier. */
export class CopiedOutput implements Stream {
  readonly name: 'stdout' | 'stderr';
  readonly #sys: Sys;
  readonly #target: OutputTarget;
  readonly #copier: Copier;
  readonly done: Promise<void>;
  #child: Fd | undefined;
  #closed = false;

  constructor(target: OutputTarget, { sys, name, owner }: OutputOptions) {
    this.name = name;
    this.#sys = sys;
    this.#target = target;
    const pipe = openOutputPipe(sys, owner);
    this.#child = pipe.write;
    this.#copier = copyInto(target, { sys, from: pipe.read, terminal: false });
    this.done = this.#copier.done.then((end) => {
      sys.close(pipe.read);
      if (end.kind === 'ended' && !this.#closed) endTarget(sys, target);
      else closeTarget(sys, target);
    });
  }

  get child(): Fd | undefined {
    return this.#child;
  }

  get bytes(): number {
    return this.#copier.bytes;
  }

  get complete(): boolean {
    return this.#copier.ended;
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
    this.#closed = true;
    if (!this.#copier.ended) this.#copier.abort();
    else if (this.#target.kind === 'fifo') this.#target.fifo[Symbol.dispose]();
  }
}

/** A pipe whose reading end is ours and whose writing end is for a process: blocking, and its owner's. */
export function openOutputPipe(sys: Sys, owner: OutputOptions['owner']): { readonly read: Fd; readonly write: Fd } {
  const pipe = sys.pipe({ blocking: true });
  sys.setNonBlocking(pipe.read, true);
  if (owner !== undefined) sys.chown(pipe.write, owner.uid, owner.gid);
  return pipe;
}
