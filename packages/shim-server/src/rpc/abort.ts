import { SandshimError } from '@sandshim/runsc-client';

/** Calls `listener` once when `signal` aborts, now if it has; until the answer is disposed. */
export function onAbort(signal: AbortSignal | undefined, listener: (error: SandshimError) => void): Disposable {
  if (signal === undefined) return { [Symbol.dispose]: () => undefined };
  const notify = () => listener(abortError(signal));
  if (signal.aborted) notify();
  else signal.addEventListener('abort', notify, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', notify) };
}

/** An aborted signal's reason as an error with a code. */
export function abortError(signal: AbortSignal): SandshimError {
  const reason: unknown = signal.reason;
  if (SandshimError.is(reason)) return reason;
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  return new SandshimError(isTimeout ? 'deadline_exceeded' : 'canceled', 'the call was canceled', { cause: reason });
}
