import type { CallOptions } from '../runtime.ts';
import { ControlError } from './control-error.ts';

/**
 * Runs `work` with a signal that aborts when the caller's signal does or the time is over. Its reason is a
 * {@link ControlError} (`canceled`, `deadline_exceeded`) of outcome `not-sent`: who has sent something by then says so.
 * The timer and the listener are gone when the promise settles.
 */
export async function bounded<T>(options: CallOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal, timeoutMs } = options;
  const cancel = () =>
    controller.abort(
      new ControlError('canceled', 'the call was aborted', { outcome: 'not-sent', cause: signal?.reason }),
    );
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          const message = `no answer within ${timeoutMs} ms`;
          controller.abort(new ControlError('deadline_exceeded', message, { outcome: 'not-sent' }));
        }, timeoutMs);
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
