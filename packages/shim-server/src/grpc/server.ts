import type { Socket } from 'node:net';
import { type ConnectionInjector, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import type { ServedService } from '../rpc/handler.ts';
import type { RpcServer, RpcServerOptions } from '../rpc/server.ts';
import { asBuffer, asBytes, messageLimits, methodPath } from './method-codec.ts';
import { serveUnary, type UnaryImplementation } from './serve-call.ts';

/**
 * Serves gRPC, without encryption, on every connection that `listener` accepts from now on. Connections are accepted here and
 * not by the library, so that a peer is looked at before it is heard. A connection that closes without a word, as containerd
 * tries out whether somebody listens, does no harm. Methods that stream are left out: no service of a shim has any.
 */
export function serveGrpc(options: RpcServerOptions): RpcServer {
  return new GrpcServer(options);
}

class GrpcServer implements RpcServer {
  readonly protocol = 'grpc';
  readonly #options: RpcServerOptions;
  readonly #server = new Server(messageLimits);
  readonly #injector: ConnectionInjector;
  readonly #sockets = new Set<Socket>();
  readonly #onConnection = (socket: Socket) => this.#accept(socket);
  #closed: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    for (const service of options.services) this.#add(service);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    options.listener.on('connection', this.#onConnection);
  }

  close(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(options.graceMs ?? 0);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #add(service: ServedService): void {
    const unary = [...service.methods.values()].filter(({ definition }) => {
      return !definition.requestStream && !definition.responseStream;
    });
    const { onReport } = this.#options;
    const definition: ServiceDefinition = Object.fromEntries(
      unary.map(({ definition: { name } }) => [name, wireMethod(methodPath(service.fullName, name))]),
    );
    const implementation: Record<string, UnaryImplementation> = Object.fromEntries(
      unary.map((method) => [method.definition.name, serveUnary(method, { service: service.fullName, onReport })]),
    );
    this.#server.addService(definition, implementation);
  }

  #accept(socket: Socket): void {
    const { authorize, onReport } = this.#options;
    if (this.#closed !== undefined || authorize?.(socket) === false) {
      socket.on('error', () => undefined);
      socket.destroy();
      onReport?.({ type: 'refused' });
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
    socket.on('error', (error) => onReport?.({ type: 'connection-error', error }));
    this.#injector.injectConnection(socket);
  }

  async #close(graceMs: number): Promise<void> {
    const { listener } = this.#options;
    const listenerClosed = Promise.withResolvers<void>();
    // An error here says that it was not listening, which is what we want.
    listener.close(() => listenerClosed.resolve());
    this.#injector.drain(graceMs);
    await this.#disconnect(graceMs);
    await listenerClosed.promise;
    listener.off('connection', this.#onConnection);
    this.#injector.destroy();
    this.#server.forceShutdown();
  }

  async #disconnect(graceMs: number): Promise<void> {
    if (this.#sockets.size === 0) return;
    const { promise: empty, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await empty;
    clearTimeout(timer);
  }
}

function wireMethod(path: string): ServiceDefinition[string] {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBuffer,
    requestDeserialize: asBytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: asBytes,
  };
}
