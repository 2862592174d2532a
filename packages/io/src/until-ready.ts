import { type Fd, SandshimError } from '@sandshim/runsc-client';
import type { ReadinessWatch, Sys } from './sys/index.ts';

/** Waits until a descriptor can be read or has hung up. @throws SandshimError `canceled` */
export async function untilReadable(
  fd: Fd,
  { sys, signal }: { readonly sys: Sys; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  if (signal?.aborted) throw canceled(signal);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(canceled(signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  let watch: ReadinessWatch | undefined;
  try {
    watch = sys.watch(fd, { readable: true, writable: false }, () => resolve());
    await promise;
  } finally {
    watch?.[Symbol.dispose]();
    signal?.removeEventListener('abort', onAbort);
  }
}

function canceled(signal: AbortSignal | undefined): SandshimError {
  return new SandshimError('canceled', 'waiting for a descriptor was canceled', { cause: signal?.reason });
}
