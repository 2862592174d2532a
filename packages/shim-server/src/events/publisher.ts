import type { Any } from '../api/gen/google/protobuf/any.ts';

/** An event as a shim gives it to its publisher. */
export interface PublishedEvent {
  readonly topic: string;
  readonly event: Any;
  /** When it happened; absent: now. */
  readonly timestamp?: Date;
}

/**
 * Where a shim's events go. Publishing never waits and never throws: events wait in a queue and leave it strictly in the
 * order in which they came, one at a time.
 */
export interface EventPublisher extends AsyncDisposable {
  publish(event: PublishedEvent): void;
  /** Settles once nothing waits, delivered or given up; rejects when `signal` aborts. */
  flush(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Takes nothing more, tries for `graceMs` (default 0) to get rid of what waits, and lets go of the connection. Idempotent. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Publishes nothing: for an engine that gives its shims no address, as CRI-O does. */
export const nonePublisher: EventPublisher = {
  publish: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
