import { type Sys, SystemError } from '../sys/index.ts';
import { HeldBytes } from './held-bytes.ts';
import { PlainMover, type Route } from './plain-mover.ts';
import type { Mover, Step } from './step.ts';

/** A read that fills this much shows a busy stream. */
const trickleSize = 4096;
const spliceSize = 1024 * 1024;
/**
 * What is asked for where a stream turned out to be busy; refused (EPERM) it stays as it was. 64 KiB cost four times the CPU;
 * 1 MiB saves little more, and a hundred such pipes no longer fit into a cache.
 */
const busyPipeSize = 512 * 1024;
const busyFallbackSize = 64 * 1024;

/**
 * Moves between two pipes or fifos. A trickle goes by read and write, which packs small lines into the pages of the
 * target, so that a reader who is away has all of its pipe's room. A busy stream goes by splice, which moves whole pages
 * and copies nothing.
 */
export class PipeMover implements Mover {
  readonly #route: Route;
  readonly #held: HeldBytes;
  #mode: 'trickle' | 'splice' = 'trickle';
  #widened = false;
  #fallback: PlainMover | undefined;

  constructor(route: Route) {
    this.#route = route;
    this.#held = new HeldBytes(route.sys, { size: trickleSize });
  }

  step(): Step {
    if (this.#fallback !== undefined) return this.#fallback.step();
    return this.#mode === 'splice' ? this.#splice() : this.#trickle();
  }

  #trickle(): Step {
    const { from, to } = this.#route;
    const flushed = this.#held.flush(to);
    if (flushed === 'gone') return { kind: 'target-gone' };
    if (flushed === 'full') return { kind: 'target-full' };
    const bytes = this.#held.fill(from);
    if (bytes === undefined) return { kind: 'source-empty' };
    if (bytes === 0) return { kind: 'ended' };
    const passed = this.#held.flush(to);
    if (passed === 'gone') return { kind: 'target-gone' };
    if (passed === 'flushed' && bytes === trickleSize) this.#becomeBusy();
    return { kind: 'moved', bytes };
  }

  #splice(): Step {
    const { sys, from, to } = this.#route;
    try {
      const bytes = sys.splice(from, to, spliceSize);
      // The kernel does not say which side would block.
      if (bytes === undefined) return { kind: sys.readableBytes(from) > 0 ? 'target-full' : 'source-empty' };
      if (bytes === 0) return { kind: 'ended' };
      if (bytes < trickleSize) this.#mode = 'trickle';
      return { kind: 'moved', bytes };
    } catch (error) {
      if (SystemError.hasErrno(error, 'EPIPE')) return { kind: 'target-gone' };
      if (!SystemError.hasErrno(error, 'EINVAL')) throw error;
      this.#fallback = new PlainMover(this.#route, { size: busyFallbackSize });
      return this.#fallback.step();
    }
  }

  #becomeBusy(): void {
    this.#mode = 'splice';
    if (this.#widened) return;
    this.#widened = true;
    const { sys, from, to } = this.#route;
    widen(sys, from);
    widen(sys, to);
  }
}

/** A larger pipe means fewer wake-ups; without it everything works as well. */
function widen(sys: Sys, pipe: Route['from']): void {
  try {
    if (sys.pipeSize(pipe) < busyPipeSize) sys.setPipeSize(pipe, busyPipeSize);
  } catch (error) {
    // EPERM: over the user's limit of pipe pages; EBADF: no pipe at all, which splice will say too.
    if (!SystemError.hasErrno(error)) throw error;
  }
}
