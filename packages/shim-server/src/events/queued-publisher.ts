import { setTimeout as sleep } from 'node:timers/promises';
import { SandshimError } from '@sandshim/runsc-client';
import type { Envelope } from '../api/gen/containerd/types/envelope.ts';
import { timestampFromDate } from '../api/timestamp.ts';
import { onAbort } from '../rpc/abort.ts';
import type { EventForwarder, ForwardResult } from './forwarder.ts';
import type { EventPublisher, PublishedEvent } from './publisher.ts';

/** Why an event was not published, or may not have been. */
export interface LostEvent {
  readonly reason: 'queue-full' | 'refused' | 'uncertain' | 'closed';
  readonly envelope: Envelope;
  readonly error?: Error;
}

/** The limits of a {@link QueuedPublisher}. */
export interface QueueLimits {
  /** How many events may wait, the one that is being sent included; one more evicts the oldest of the others. */
  readonly capacity: number;
  /** How often a receiver may refuse one event. One that is absent is asked for ever. */
  readonly maxRefusals: number;
  /** The pause after a failure: it doubles from the first to the second. */
  readonly retryMs: { readonly min: number; readonly max: number };
}

/** containerd's own publisher keeps as many events, but gives one up after 15 seconds without a containerd. */
export const defaultQueueLimits: QueueLimits = { capacity: 2048, maxRefusals: 5, retryMs: { min: 50, max: 2000 } };

/** How a {@link QueuedPublisher} works. It owns its forwarder. */
export interface QueuedPublisherOptions {
  readonly forwarder: EventForwarder;
  readonly namespace: string;
  readonly limits?: QueueLimits;
  readonly onLost?: (event: LostEvent) => void;
}

/** Keeps events until its forwarder has handed each of them on, in order and one at a time. */
export class QueuedPublisher implements EventPublisher {
  readonly #options: QueuedPublisherOptions;
  readonly #limits: QueueLimits;
  readonly #waiting: Envelope[] = [];
  readonly #aborted = new AbortController();
  #worker: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: QueuedPublisherOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultQueueLimits;
  }

  publish({ topic, event, timestamp = new Date() }: PublishedEvent): void {
    const { namespace } = this.#options;
    const envelope = { timestamp: timestampFromDate(timestamp), namespace, topic, event };
    if (this.#closed !== undefined) {
      this.#lose({ reason: 'closed', envelope });
      return;
    }
    this.#waiting.push(envelope);
    this.#worker ??= this.#work();
    if (this.#waiting.length > this.#limits.capacity) this.#evict();
  }

  async flush({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#worker === undefined) return;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    using _link = onAbort(signal, reject);
    await Promise.race([this.#worker, aborted]);
  }

  close({ graceMs = 0 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(graceMs);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(graceMs: number): Promise<void> {
    const timer = setTimeout(
      () => this.#aborted.abort(new SandshimError('canceled', 'the publisher was closed')),
      graceMs,
    );
    await this.#worker;
    clearTimeout(timer);
    await this.#options.forwarder[Symbol.asyncDispose]();
    for (const envelope of this.#waiting.splice(0)) this.#lose({ reason: 'closed', envelope });
  }

  async #work(): Promise<void> {
    const { signal } = this.#aborted;
    for (let [envelope] = this.#waiting; envelope !== undefined && !signal.aborted; [envelope] = this.#waiting) {
      if ((await this.#deliver(envelope)) === 'done') this.#waiting.shift();
    }
    this.#worker = undefined;
  }

  /** Until the event is delivered or given up; `closing` leaves it where it is. */
  async #deliver(envelope: Envelope): Promise<'done' | 'closing'> {
    const { signal } = this.#aborted;
    let refusals = 0;
    for (let failures = 0; ; failures++) {
      const result = await this.#options.forwarder.forward(envelope, { signal });
      if (result.outcome === 'refused') refusals++;
      const lost = this.#lostBy(result, refusals);
      if (lost !== undefined) this.#lose({ ...lost, envelope });
      if (lost !== undefined || result.outcome === 'delivered') return 'done';
      if (signal.aborted || !(await this.#pause(failures))) return 'closing';
    }
  }

  #lostBy(result: ForwardResult, refusals: number): Pick<LostEvent, 'reason' | 'error'> | undefined {
    if (result.outcome === 'uncertain') return { reason: 'uncertain', error: result.error };
    if (result.outcome === 'refused' && refusals > this.#limits.maxRefusals) {
      return { reason: 'refused', error: result.error };
    }
    return undefined;
  }

  async #pause(failures: number): Promise<boolean> {
    const { min, max } = this.#limits.retryMs;
    try {
      await sleep(Math.min(max, min * 2 ** Math.min(failures, 20)), undefined, { signal: this.#aborted.signal });
      return true;
    } catch {
      // Closing cut the pause short.
      return false;
    }
  }

  /** The oldest but the one that is being sent. */
  #evict(): void {
    const [envelope] = this.#waiting.splice(1, 1);
    if (envelope !== undefined) this.#lose({ reason: 'queue-full', envelope });
  }

  #lose(event: LostEvent): void {
    this.#options.onLost?.(event);
  }
}
