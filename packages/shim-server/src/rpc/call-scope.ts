import { SandshimError } from '@sandshim/runsc-client';
import type { CallContext } from './handler.ts';
import type { Metadata } from './metadata.ts';

// The longest that a timer can wait; a deadline beyond it (24 days) is as good as none.
const maxTimerMs = 2 ** 31 - 1;

/** The life of one call, on either side: its context, its deadline, its cancellation. */
export class CallScope implements Disposable {
  readonly context: CallContext;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;

  /** `timeoutMs` is how long the caller waits, from now; 0 and less have passed already. */
  constructor(options: { readonly timeoutMs?: number | undefined; readonly metadata: Metadata }) {
    const { timeoutMs, metadata } = options;
    const signal = this.#controller.signal;
    if (timeoutMs === undefined) {
      this.context = { signal, metadata };
      return;
    }
    this.context = { signal, metadata, deadline: new Date(Date.now() + timeoutMs) };
    if (timeoutMs <= 0) this.#expire();
    else if (timeoutMs <= maxTimerMs) this.#timer = setTimeout(() => this.#expire(), timeoutMs).unref();
  }

  /** Milliseconds until the deadline, 0 once it has passed; `undefined` without one. */
  remainingMs(): number | undefined {
    const { deadline } = this.context;
    return deadline === undefined ? undefined : Math.max(0, deadline.getTime() - Date.now());
  }

  /** Tells whoever works on the call that nobody waits for its answer any more. */
  cancel(reason: string | SandshimError): void {
    const error = typeof reason === 'string' ? new SandshimError('canceled', reason) : reason;
    this.#controller.abort(error);
  }

  /** Settles like `work`, or rejects with the signal's reason if that comes first; then nobody hears of `work` again. */
  async bound<T>(work: () => T | Promise<T>): Promise<T> {
    const { signal } = this.context;
    signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      return await Promise.race([aborted, (async () => work())()]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #expire(): void {
    this.#controller.abort(new SandshimError('deadline_exceeded', 'context deadline exceeded'));
  }
}
