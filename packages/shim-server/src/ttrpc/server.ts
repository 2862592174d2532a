import type { Socket } from 'node:net';
import type { RpcServer, RpcServerOptions } from '../rpc/server.ts';
import { ServerConnection, type ServerConnectionOptions } from './server-connection.ts';
import { defaultStreamLimits, type StreamLimits } from './stream-inbox.ts';

/** How a ttrpc server behaves beyond what every transport needs. */
export interface TtrpcServerOptions extends RpcServerOptions {
  readonly streamLimits?: StreamLimits;
  /** What may wait for a peer that does not read, before its own requests are no longer read (default 8 MiB). */
  readonly maxBacklogBytes?: number;
}

/** Serves ttrpc on every connection that `listener` accepts from now on. */
export function serveTtrpc(options: TtrpcServerOptions): RpcServer {
  return new TtrpcServer(options);
}

class TtrpcServer implements RpcServer {
  readonly protocol = 'ttrpc';
  readonly #options: TtrpcServerOptions;
  readonly #services: ServerConnectionOptions['services'];
  readonly #connections = new Set<ServerConnection>();
  readonly #onConnection = (socket: Socket) => this.#accept(socket);
  #closed: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: TtrpcServerOptions) {
    this.#options = options;
    this.#services = new Map(options.services.map((service) => [service.fullName, service]));
    options.listener.on('connection', this.#onConnection);
  }

  close(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(options.graceMs ?? 0);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(socket: Socket): void {
    const { authorize, onReport } = this.#options;
    if (this.#closed !== undefined || authorize?.(socket) === false) {
      socket.on('error', () => undefined);
      socket.destroy();
      onReport?.({ type: 'refused' });
      return;
    }
    const connection: ServerConnection = new ServerConnection(socket, {
      services: this.#services,
      streamLimits: this.#options.streamLimits ?? defaultStreamLimits,
      maxBacklogBytes: this.#options.maxBacklogBytes,
      onHandlerError: (failure) => onReport?.({ type: 'handler-error', ...failure }),
      onClose: (error) => {
        this.#connections.delete(connection);
        if (error !== undefined) onReport?.({ type: 'connection-error', error });
        if (this.#connections.size === 0) this.#onEmpty?.();
      },
    });
    this.#connections.add(connection);
  }

  async #close(graceMs: number): Promise<void> {
    const { listener } = this.#options;
    const listenerClosed = Promise.withResolvers<void>();
    // An error here says that it was not listening, which is what we want.
    listener.close(() => listenerClosed.resolve());
    await this.#drain(graceMs);
    await listenerClosed.promise;
    listener.off('connection', this.#onConnection);
  }

  async #drain(graceMs: number): Promise<void> {
    if (this.#connections.size === 0) return;
    const { promise: empty, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    for (const connection of this.#connections) connection.drain();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, graceMs);
    await empty;
    clearTimeout(timer);
  }
}
