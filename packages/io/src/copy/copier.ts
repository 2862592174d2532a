import type { ReadinessWatch, Sys } from '../sys/index.ts';
import type { Route } from './plain-mover.ts';
import type { Mover, Step } from './step.ts';

/** How a copy came to its end. */
export type CopyEnd =
  /** The source ended, and everything has reached the target. */
  | { readonly kind: 'ended' }
  /** Nobody reads the target any more. */
  | { readonly kind: 'target-gone' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** How a copier waits. */
export interface CopierOptions extends Route {
  readonly mover: Mover;
  /** For a descriptor that hangs up for long and may come back. */
  readonly edgeTriggered?: { readonly from?: boolean; readonly to?: boolean };
  /** A target that is always ready: a file. */
  readonly targetAlwaysReady?: boolean;
}

/** How many pieces one stream may move before the others have their turn. */
const turns = 8;

/**
 * One running copy, without a thread. It owns neither descriptor: whoever does closes them once {@link done} has settled.
 */
export class Copier {
  readonly #sys: Sys;
  readonly #options: CopierOptions;
  readonly #settle: (end: CopyEnd) => void;
  readonly #source: ReadinessWatch;
  #target: ReadinessWatch | undefined;
  #bytes = 0;
  #waitsFor: 'source' | 'target' | 'step' = 'source';
  #finishing = false;
  #end: CopyEnd | undefined;
  /** Settles once, never rejects. */
  readonly done: Promise<CopyEnd>;

  constructor(options: CopierOptions) {
    this.#sys = options.sys;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<CopyEnd>();
    this.done = promise;
    this.#settle = resolve;
    this.#source = this.#sys.watch(options.from, this.#sourceInterest(true), () => this.#pump());
  }

  /** Bytes that left the source so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** The source will get nothing new: copy what is there, then end, even if the source stays open. */
  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.#pump();
  }

  /** Ends at once; what was read and not yet written is lost. */
  abort(): void {
    this.#stop({ kind: 'aborted' });
  }

  #pump(): void {
    if (this.#end !== undefined || this.#waitsFor === 'step') return;
    try {
      for (let turn = 0; turn < turns; turn++) {
        const step = this.#options.mover.step();
        if (step instanceof Promise) {
          this.#awaitStep(step);
          return;
        }
        if (!this.#goesOn(step)) return;
      }
      this.#wait('source');
      // An edge was consumed already, so nothing would call again.
      if (this.#options.edgeTriggered?.from || this.#finishing) setImmediate(() => this.#pump());
    } catch (error) {
      this.#stop({ kind: 'failed', error });
    }
  }

  /** Whether to take another step at once. */
  #goesOn(step: Step): boolean {
    switch (step.kind) {
      case 'moved':
        this.#bytes += step.bytes;
        return true;
      case 'source-empty':
        if (this.#finishing) this.#stop({ kind: 'ended' });
        else this.#wait('source');
        return false;
      case 'target-full':
        this.#wait('target');
        return false;
      default:
        this.#stop(step);
        return false;
    }
  }

  #awaitStep(step: Promise<Step>): void {
    this.#wait('step');
    step.then(
      (taken) => this.#stepTaken(() => this.#goesOn(taken)),
      (error: unknown) => this.#stepTaken(() => this.#stop({ kind: 'failed', error })),
    );
  }

  #stepTaken(proceed: () => boolean | undefined): void {
    this.#waitsFor = 'target';
    // Aborted meanwhile: the descriptors were in use until now.
    if (this.#end !== undefined) this.#settle(this.#end);
    else if (proceed()) this.#pump();
  }

  #wait(side: 'source' | 'target' | 'step'): void {
    if (side === this.#waitsFor) return;
    this.#waitsFor = side;
    this.#source.update(this.#sourceInterest(side === 'source'));
    if (this.#options.targetAlwaysReady) return;
    const edgeTriggered = this.#options.edgeTriggered?.to ?? false;
    const interest = { readable: false, writable: side === 'target', edgeTriggered };
    if (this.#target !== undefined) this.#target.update(interest);
    else if (side === 'target') this.#target = this.#sys.watch(this.#options.to, interest, () => this.#pump());
  }

  #sourceInterest(readable: boolean) {
    return { readable, writable: false, edgeTriggered: this.#options.edgeTriggered?.from ?? false };
  }

  #stop(end: CopyEnd): undefined {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#source[Symbol.dispose]();
    this.#target?.[Symbol.dispose]();
    if (this.#waitsFor !== 'step') this.#settle(end);
  }
}
