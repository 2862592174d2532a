import type { Fd } from '@sandshim/runsc-client';

/** Which of a process's streams it is. */
export type StreamName = 'stdin' | 'stdout' | 'stderr' | 'console';

/** One stream of a process, whatever it is made of. Closing is idempotent and releases every descriptor. */
export interface Stream extends Disposable {
  readonly name: StreamName;
  /** What the process gets; `undefined` with a terminal, and once {@link releaseChild} was called. */
  readonly child: Fd | undefined;
  readonly bytes: number;
  /** Bytes that the target refused; absent where that cannot be. */
  readonly lostBytes?: number;
  /** Whether all of it has arrived. */
  readonly complete: boolean;
  /** Settles once with that, or with the closing. Never rejects. */
  readonly done: Promise<void>;
  /** The process has its own descriptor now: ours must go, else the end is never seen. */
  releaseChild(): void;
  /** The process has ended. */
  exited(): void;
}
