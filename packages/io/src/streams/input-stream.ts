import type { Stream } from './stream.ts';

/** A stream into a process. */
export interface InputStream extends Stream {
  readonly name: 'stdin';
  /** No client will write any more: the end comes once the last one that does has gone. Idempotent. */
  closeInput(): void;
}
