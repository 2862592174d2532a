import type { Duplex } from 'node:stream';
import { SandshimError } from '@sandshim/runsc-client';
import { type KeyValue, Request, Response } from '../api/gen/ttrpc/ttrpc.ts';
import { onAbort } from '../rpc/abort.ts';
import { CallScope } from '../rpc/call-scope.ts';
import type { RpcCall, RpcChannel } from '../rpc/client.ts';
import { metadataFromPairs } from '../rpc/metadata.ts';
import { errorFromStatus } from '../rpc/status-code.ts';
import { type ClientStreamHost, decodeMessage, openStream } from './client-stream.ts';
import { leftBytesUnread, TtrpcClosedError } from './closed-error.ts';
import { FrameConnection } from './connection.ts';
import { oversizeMessage } from './encode.ts';
import { type DecodedFrame, type Frame, frameFlags, frameTypes } from './frame.ts';
import { defaultStreamLimits, type StreamLimits } from './stream-inbox.ts';

/** What a call that is under way hears from its connection. */
export interface PendingCall {
  onResponse(response: Response): void;
  onData(frame: Frame): void;
  /** Once, when nothing more can come. */
  onFailure(error: SandshimError): void;
}

const noMetadata = metadataFromPairs([]);

/** The client's end of one ttrpc connection. Calls run concurrently. Owns its stream. */
export class TtrpcClient implements RpcChannel {
  /** Settles when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #connection: FrameConnection;
  readonly #streamLimits: StreamLimits;
  readonly #calls = new Map<number, PendingCall>();
  readonly #whenClosed = Promise.withResolvers<void>();
  #nextStreamId = 1;
  #isClosed = false;

  constructor(stream: Duplex, options: { readonly streamLimits?: StreamLimits } = {}) {
    this.#streamLimits = options.streamLimits ?? defaultStreamLimits;
    this.closed = this.#whenClosed.promise;
    this.#connection = new FrameConnection(stream, {
      listener: { onFrame: (decoded) => this.#onFrame(decoded), onClose: (error) => this.#onClose(error) },
    });
  }

  async unary(call: RpcCall<unknown>): Promise<unknown> {
    const { signal, timeoutMs } = call.options;
    using scope = new CallScope({ timeoutMs, metadata: noMetadata });
    using _link = onAbort(signal, (error) => scope.cancel(error));
    let streamId: number | undefined;
    try {
      const response = await scope.bound(async () => {
        await this.#connection.drained();
        scope.context.signal.throwIfAborted();
        const answer = Promise.withResolvers<Response>();
        streamId = this.#send({
          payload: encodeRequest(call, { payload: call.method.requestType.encode(call.input).finish(), scope }),
          flags: 0,
          pending: {
            onResponse: answer.resolve,
            onData: () => answer.reject(new SandshimError('internal', 'ttrpc: data frame for a call without streams')),
            onFailure: answer.reject,
          },
        });
        return await answer.promise;
      });
      const error = errorFromStatus(response.status);
      if (error !== undefined) throw error;
      return decodeMessage(call, response.payload);
    } finally {
      if (streamId !== undefined) this.#calls.delete(streamId);
    }
  }

  stream(call: RpcCall<unknown>): AsyncIterable<unknown> {
    const host: ClientStreamHost = {
      connection: this.#connection,
      limits: this.#streamLimits,
      open: ({ payload, scope, pending }) => {
        const flags = call.method.requestStream ? frameFlags.remoteOpen : frameFlags.remoteClosed;
        return this.#send({ payload: encodeRequest(call, { payload, scope }), flags, pending });
      },
      forget: (streamId) => this.#calls.delete(streamId),
    };
    return openStream(host, call);
  }

  async close(): Promise<void> {
    this.#connection.destroy();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ids must rise in the order of sending, so both happen here, in one go. */
  #send(request: { readonly payload: Uint8Array; readonly flags: number; readonly pending: PendingCall }): number {
    if (this.#isClosed || !this.#connection.writable) throw new TtrpcClosedError('none');
    const streamId = this.#nextStreamId;
    const { payload, flags } = request;
    this.#connection.send({ streamId, type: frameTypes.request, flags, payload });
    this.#nextStreamId += 2;
    this.#calls.set(streamId, request.pending);
    return streamId;
  }

  #onFrame(decoded: DecodedFrame): void {
    if (decoded.kind === 'oversize') {
      const { streamId, length } = decoded.oversize;
      this.#calls.get(streamId)?.onFailure(new SandshimError('resource_exhausted', oversizeMessage(length)));
      return;
    }
    const { frame } = decoded;
    const call = this.#calls.get(frame.streamId);
    if (call === undefined) return;
    if (frame.type === frameTypes.data) call.onData(frame);
    else if (frame.type === frameTypes.response) deliverResponse(call, frame.payload);
  }

  #onClose(error: Error | undefined): void {
    this.#isClosed = true;
    const lastSent = this.#nextStreamId - 2;
    for (const [streamId, call] of this.#calls) {
      const delivery = streamId === lastSent && leftBytesUnread(error) ? 'none' : 'unknown';
      call.onFailure(new TtrpcClosedError(delivery, error === undefined ? {} : { cause: error }));
    }
    this.#calls.clear();
    this.#whenClosed.resolve();
  }
}

function deliverResponse(call: PendingCall, payload: Uint8Array): void {
  try {
    call.onResponse(Response.decode(payload));
  } catch (cause) {
    call.onFailure(new SandshimError('internal', `ttrpc: cannot decode the response: ${String(cause)}`, { cause }));
  }
}

function encodeRequest(
  call: RpcCall<unknown>,
  { payload, scope }: { readonly payload: Uint8Array; readonly scope: CallScope },
): Uint8Array {
  const metadata: KeyValue[] = Object.entries(call.options.metadata ?? {}).map(([key, value]) => ({
    key: key.toLowerCase(),
    value,
  }));
  const leftMs = scope.remainingMs();
  const timeoutNano = leftMs === undefined ? 0n : BigInt(Math.max(1, Math.round(leftMs * 1e6)));
  return Request.encode({ service: call.service, method: call.method.name, payload, timeoutNano, metadata }).finish();
}
