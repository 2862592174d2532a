import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { SandshimError } from '@sandshim/runsc-client';
import { onAbort } from '../rpc/abort.ts';
import type { RpcCall, RpcCallOptions, RpcChannel } from '../rpc/client.ts';
import { errorFromStatus } from '../rpc/status-code.ts';
import { parseSocketAddress } from '../ttrpc/connect.ts';
import { asBuffer, asBytes, encodeMessage, messageLimits, methodPath } from './method-codec.ts';

/** Calls over gRPC on a unix socket, without encryption. Connects by itself, again and again. Unary methods only. */
export class GrpcChannel implements RpcChannel {
  readonly #client: Client;
  readonly #closing = new AbortController();

  constructor(address: string) {
    const path = parseSocketAddress(address);
    const target = path.startsWith('\0') ? `unix-abstract:${path.slice(1)}` : `unix:${path}`;
    this.#client = new Client(target, credentials.createInsecure(), {
      ...messageLimits,
      'grpc.default_authority': 'localhost',
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
    });
  }

  /** Settles once there is a connection. @throws `unavailable` when there is none within `timeoutMs`. */
  async ready({ timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using _link = onAbort(signal, reject);
    this.#client.waitForReady(Date.now() + timeoutMs, (cause) => {
      if (cause === undefined) resolve();
      else reject(new SandshimError('unavailable', cause.message, { cause }));
    });
    await promise;
  }

  async unary(call: RpcCall<unknown>): Promise<unknown> {
    const { signal, ...options } = call.options;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const request = this.#client.makeUnaryRequest<Uint8Array, Uint8Array>(
      methodPath(call.service, call.method.name),
      asBuffer,
      asBytes,
      encodeMessage(call.method.requestType, call.input),
      metadataOf(options),
      options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs },
      (error, response) => {
        if (response !== undefined) resolve(response);
        else reject(errorOf(error));
      },
    );
    const giveUp = (error: SandshimError) => {
      reject(error);
      request.cancel();
    };
    using _link = onAbort(signal, giveUp);
    using _close = onAbort(this.#closing.signal, giveUp);
    const response = await promise;
    try {
      return call.method.responseType.decode(response);
    } catch (cause) {
      throw new SandshimError('internal', `cannot decode what ${call.method.name} answered`, { cause });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new SandshimError('unavailable', 'the connection was closed'));
    this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function metadataOf({ metadata = {} }: RpcCallOptions): Metadata {
  const result = new Metadata();
  for (const [key, value] of Object.entries(metadata)) result.set(key, value);
  return result;
}

function errorOf(error: ServiceError | null): SandshimError {
  return (
    errorFromStatus(error === null ? undefined : { code: error.code, message: error.details }) ??
    new SandshimError('internal', 'the call ended without an answer')
  );
}
