import type { Pid } from '@sandshim/runsc-client';
import type { ContainerContext } from '../process/context.ts';
import { type Cgroup, cgroupOf, memoryFolder } from './cgroup-of.ts';
import { noOomWatch, type OomWatch, watchOom } from './oom-watch.ts';

// From a kill to the end of the sandbox that lost one of its processes by it.
const explainsMs = 5_000;

/** Watches the cgroup of a container's init for kills for want of memory, and tells of each by an event. */
export class MemoryGuard implements Disposable {
  readonly #context: ContainerContext;
  #cgroup: Promise<Cgroup | undefined> = Promise.resolve(undefined);
  #watch: OomWatch = noOomWatch;
  #disposed = false;

  constructor(context: ContainerContext) {
    this.#context = context;
  }

  /** Whether there was a kill just now, so that it explains an exit. */
  get justHappened(): boolean {
    const { lastMs } = this.#watch;
    return lastMs !== undefined && performance.now() - lastMs < explainsMs;
  }

  /** Watches the cgroup that `pid` is in now. */
  watch(pid: Pid): void {
    this.#cgroup = this.#begin(pid);
  }

  async ready(): Promise<void> {
    await this.#cgroup;
  }

  /** The cgroup that is watched; `undefined` when it could not be learned. */
  cgroup(): Promise<Cgroup | undefined> {
    return this.#cgroup;
  }

  /** Looks at once, so that a kill is told before the exit that it explains. */
  check(): void {
    this.#watch.check();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#watch[Symbol.dispose]();
  }

  async #begin(pid: Pid): Promise<Cgroup | undefined> {
    const [cgroup, own] = await Promise.all([cgroupOf(pid), cgroupOf('self')]);
    if (cgroup === undefined || this.#disposed || isShared(cgroup, own)) return cgroup;
    this.#watch[Symbol.dispose]();
    this.#watch = watchOom(cgroup, {
      sys: this.#context.deps.sys,
      onOom: () => this.#context.emit({ type: 'oom', container: this.#context.id }),
    });
    return cgroup;
  }
}

/** A runtime that makes no cgroup leaves the container in ours, whose kills mean nothing about the container. */
export function isShared(cgroup: Cgroup, own: Cgroup | undefined): boolean {
  const folder = memoryFolder(cgroup);
  const ours = own && memoryFolder(own);
  return folder !== undefined && ours !== undefined && (ours === folder || ours.startsWith(`${folder}/`));
}
