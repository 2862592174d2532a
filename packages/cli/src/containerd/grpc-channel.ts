import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { SandshimError } from '@sandshim/runsc-client';
import { errorFromStatus, type RpcCall, type RpcChannel } from '@sandshim/shim-server/ttrpc';
import { encodeGrpcMessage, GrpcMessageReader } from './grpc-frame.ts';

/**
 * The client's end of gRPC over a unix socket, on Node's own HTTP/2: unary calls and streamed answers, which is all that containerd's
 * events and a gRPC shim need, at a fiftieth of a full gRPC library's start-up time. Owns its connection.
 */
export class GrpcChannel implements RpcChannel {
  readonly #session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
    // Each call reports the session's failure itself.
    session.on('error', () => undefined);
  }

  /** @throws SandshimError `unavailable` when nobody listens there. */
  static async connect(path: string): Promise<GrpcChannel> {
    const socket = connectSocket(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause) => {
        reject(new SandshimError('unavailable', `cannot connect to ${path}: ${cause.message}`, { cause }));
      });
    });
    return new GrpcChannel(connect('http://localhost', { createConnection: () => socket }));
  }

  async unary(call: RpcCall<unknown>): Promise<unknown> {
    for await (const message of this.stream(call)) return message;
    throw new SandshimError('internal', 'the server ended the call without an answer');
  }

  async *stream(call: RpcCall<unknown>): AsyncGenerator<unknown> {
    const { method, options } = call;
    const request = this.#session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: `/${call.service}/${method.name}`,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      [constants.HTTP2_HEADER_TE]: 'trailers',
      ...(options.timeoutMs === undefined ? {} : { 'grpc-timeout': `${Math.ceil(options.timeoutMs)}m` }),
      ...options.metadata,
    });
    const abort = (): void => void request.close(constants.NGHTTP2_CANCEL);
    options.signal?.addEventListener('abort', abort, { once: true });
    const outcome = watchOutcome(request);
    try {
      request.end(encodeGrpcMessage(method.requestType.encode(call.input).finish()));
      const reader = new GrpcMessageReader();
      for await (const chunk of request) {
        for (const message of reader.push(chunk)) yield method.responseType.decode(message);
      }
      if (outcome.read() !== 'ok') throw outcome.read() ?? closedError(undefined);
    } catch (error) {
      const known = outcome.read();
      throw SandshimError.is(error) ? error : known === 'ok' || known === undefined ? closedError(error) : known;
    } finally {
      options.signal?.removeEventListener('abort', abort);
      request.close(constants.NGHTTP2_CANCEL);
    }
  }

  async close(): Promise<void> {
    this.#session.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

// The status comes with the trailers, or with the headers where there is no body; without one the server did not end the call itself.
function watchOutcome(request: ClientHttp2Stream): { readonly read: () => SandshimError | 'ok' | undefined } {
  let status: SandshimError | 'ok' | undefined;
  const note = (headers: Readonly<Record<string, unknown>>): void => {
    const code = headers['grpc-status'];
    if (code === undefined) return;
    const message = decodeURIComponent(String(headers['grpc-message'] ?? ''));
    status = errorFromStatus({ code: Number(code), message }) ?? 'ok';
  };
  request.on('response', note);
  request.on('trailers', note);
  return { read: () => status };
}

function closedError(cause: unknown): SandshimError {
  return new SandshimError('unavailable', 'the connection to containerd was closed', { cause });
}
