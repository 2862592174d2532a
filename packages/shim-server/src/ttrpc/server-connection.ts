import type { Duplex } from 'node:stream';
import { SandshimError } from '@sandshim/runsc-client';
import { Request } from '../api/gen/ttrpc/ttrpc.ts';
import { CallScope } from '../rpc/call-scope.ts';
import type { ServedMethod, ServedService } from '../rpc/handler.ts';
import { metadataFromPairs } from '../rpc/metadata.ts';
import { FrameConnection } from './connection.ts';
import { oversizeMessage } from './encode.ts';
import { type DecodedFrame, type Frame, frameFlags, frameTypes } from './frame.ts';
import { runCall, type ServerCall, sendError } from './server-call.ts';
import { StreamInbox, type StreamLimits } from './stream-inbox.ts';

/** What a server's connections share. */
export interface ServerConnectionOptions {
  readonly services: ReadonlyMap<string, ServedService>;
  readonly streamLimits: StreamLimits;
  readonly maxBacklogBytes?: number | undefined;
  readonly onHandlerError: (failure: { service: string; method: string; error: unknown }) => void;
  readonly onClose: (error: Error | undefined) => void;
}

/** One client of a server: its calls, and the answers to frames that are none. */
export class ServerConnection {
  readonly #connection: FrameConnection;
  readonly #options: ServerConnectionOptions;
  readonly #calls = new Map<number, ServerCall>();
  #lastStreamId = 0;
  #draining = false;

  constructor(stream: Duplex, options: ServerConnectionOptions) {
    this.#options = options;
    this.#connection = new FrameConnection(stream, {
      listener: { onFrame: (decoded) => this.#onFrame(decoded), onClose: (error) => this.#onClose(error) },
      ...(options.maxBacklogBytes === undefined ? {} : { maxBacklogBytes: options.maxBacklogBytes }),
    });
  }

  /** Takes no more calls and closes once those that run have been answered. */
  drain(): void {
    this.#draining = true;
    if (this.#calls.size === 0) this.#connection.end();
  }

  /** Cancels every call and closes. */
  destroy(): void {
    this.#connection.destroy();
  }

  #onFrame(decoded: DecodedFrame): void {
    if (decoded.kind === 'oversize') {
      const { streamId, length } = decoded.oversize;
      this.#abandon(streamId);
      this.#refuse(streamId, new SandshimError('resource_exhausted', oversizeMessage(length)));
      return;
    }
    const { frame } = decoded;
    if (frame.streamId % 2 === 0) {
      const message = 'StreamID must be odd for client initiated streams';
      this.#refuse(frame.streamId, new SandshimError('invalid_argument', message));
    } else if (frame.type === frameTypes.request) this.#onRequest(frame);
    else if (frame.type === frameTypes.data) this.#onData(frame);
  }

  #onRequest(frame: Frame): void {
    const { streamId } = frame;
    try {
      if (streamId <= this.#lastStreamId) {
        throw new SandshimError('invalid_argument', 'StreamID cannot be re-used and must increment');
      }
      this.#lastStreamId = streamId;
      if (this.#draining) throw new SandshimError('unavailable', 'ttrpc: server closed');
      this.#start({ frame, request: decodeRequest(frame.payload) });
    } catch (error) {
      this.#refuse(streamId, error);
    }
  }

  #start({ frame, request }: { readonly frame: Frame; readonly request: Request }): void {
    const method = this.#findMethod(request);
    const scope = new CallScope({
      timeoutMs: request.timeoutNano === 0n ? undefined : Number(request.timeoutNano) / 1e6,
      metadata: metadataFromPairs(request.metadata.map(({ key, value }) => [key, value])),
    });
    const { streamId } = frame;
    const inbox = method.definition.requestStream
      ? new StreamInbox(this.#connection, this.#options.streamLimits)
      : undefined;
    // A caller that streams may put its first message into the request itself.
    if (request.payload.length > 0) inbox?.push(request.payload);
    if ((frame.flags & frameFlags.remoteClosed) !== 0) inbox?.end();
    const call: ServerCall = { streamId, method, scope, inbox, payload: request.payload };
    this.#calls.set(streamId, call);
    void this.#run(call, request);
  }

  async #run(call: ServerCall, request: Request): Promise<void> {
    try {
      await runCall(this.#connection, call);
    } catch (error) {
      if (!SandshimError.is(error)) {
        this.#options.onHandlerError({ service: request.service, method: request.method, error });
      }
      if (this.#calls.get(call.streamId) === call) this.#refuse(call.streamId, error);
    } finally {
      call.scope[Symbol.dispose]();
      call.inbox?.[Symbol.dispose]();
      if (this.#calls.get(call.streamId) === call) this.#calls.delete(call.streamId);
      if (this.#draining && this.#calls.size === 0) this.#connection.end();
    }
  }

  #onData(frame: Frame): void {
    const { streamId, flags, payload } = frame;
    const call = this.#calls.get(streamId);
    if (call?.inbox === undefined) {
      this.#refuse(streamId, new SandshimError('invalid_argument', 'StreamID is no longer active'));
      return;
    }
    const closing = (flags & frameFlags.remoteClosed) !== 0;
    if (closing && payload.length > 0) {
      this.#abandon(streamId);
      this.#refuse(streamId, new SandshimError('invalid_argument', 'data close message cannot include data'));
      return;
    }
    if ((flags & frameFlags.noData) === 0) call.inbox.push(payload);
    if (closing) call.inbox.end();
  }

  #findMethod(request: Request): ServedMethod {
    const service = this.#options.services.get(request.service);
    if (service === undefined) throw new SandshimError('unimplemented', `service ${request.service}`);
    const method = service.methods.get(request.method);
    if (method === undefined) throw new SandshimError('unimplemented', `method ${request.method}`);
    return method;
  }

  #refuse(streamId: number, error: unknown): void {
    sendError(this.#connection, { streamId, error });
  }

  /** The call gets no further answer from its handler. */
  #abandon(streamId: number): void {
    const call = this.#calls.get(streamId);
    this.#calls.delete(streamId);
    call?.scope.cancel('the stream was broken by its sender');
    call?.inbox?.[Symbol.dispose]();
  }

  #onClose(error: Error | undefined): void {
    for (const call of this.#calls.values()) {
      call.scope.cancel('the connection was closed');
      call.inbox?.end(new SandshimError('canceled', 'the connection was closed'));
    }
    this.#options.onClose(error);
  }
}

function decodeRequest(payload: Uint8Array): Request {
  try {
    return Request.decode(payload);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SandshimError('invalid_argument', `unmarshal request error: ${reason}`, { cause });
  }
}
