import { connect } from 'node:net';
import { SandshimError } from '@sandshim/runsc-client';
import { abortError, onAbort } from '../rpc/abort.ts';
import { TtrpcClient } from './client.ts';

/**
 * The path of a unix socket in containerd's notation: `unix:///path`, a bare path, or `@name` for an abstract one.
 * @throws `invalid_argument` for anything else.
 */
export function parseSocketAddress(address: string): string {
  const path = address.startsWith('unix://') ? address.slice('unix://'.length) : address;
  if (path.startsWith('@')) return `\0${path.slice(1)}`;
  if (path.startsWith('/') || path.startsWith('\0')) return path;
  throw new SandshimError('invalid_argument', `${JSON.stringify(address)} is no address of a unix socket`);
}

/**
 * Connects to a ttrpc server, such as a shim or containerd.
 * @throws `unavailable` when nobody listens there, `deadline_exceeded` or `canceled` when it took too long.
 */
export async function connectTtrpc(
  address: string,
  options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<TtrpcClient> {
  const path = parseSocketAddress(address);
  const timeout = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs);
  const signals = [options.signal, timeout].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  if (signal.aborted) throw abortError(signal);
  const socket = connect(path);
  const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
  using _link = onAbort(signal, reject);
  const onError = (cause: Error) => {
    reject(new SandshimError('unavailable', `cannot connect to ${address}: ${cause.message}`, { cause }));
  };
  socket.once('connect', resolve).once('error', onError);
  try {
    await connected;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
  socket.off('error', onError);
  return new TtrpcClient(socket);
}
