import { SandshimError } from '@sandshim/runsc-client';

/** What {@link settledWithin} answers when the time was up first. */
export const timeIsUp = Symbol('time is up');

/** `promise`'s value, or {@link timeIsUp} after `timeoutMs`. Leaves no timer behind. */
export async function settledWithin<T>(promise: Promise<T>, timeoutMs: number): Promise<T | typeof timeIsUp> {
  const { promise: timer, resolve } = Promise.withResolvers<typeof timeIsUp>();
  const timeout = setTimeout(() => resolve(timeIsUp), timeoutMs);
  try {
    return await Promise.race([promise, timer]);
  } finally {
    clearTimeout(timeout);
  }
}

/** `promise`, unless `signal` aborts first. @throws SandshimError `canceled` */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) throw canceled(signal);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(canceled(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits; an abort ends the wait early and quietly. */
export async function pause(timeoutMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timeout = setTimeout(resolve, timeoutMs);
  const onAbort = () => resolve();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timeout);
    signal?.removeEventListener('abort', onAbort);
  }
}

function canceled(signal: AbortSignal): SandshimError {
  return new SandshimError('canceled', 'the wait was canceled', { cause: signal.reason });
}
