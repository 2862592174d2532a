import { SandshimError } from '@sandshim/runsc-client';
import { onAbort } from '../rpc/abort.ts';
import { CallScope } from '../rpc/call-scope.ts';
import type { RpcCall } from '../rpc/client.ts';
import { metadataFromPairs } from '../rpc/metadata.ts';
import { errorFromStatus } from '../rpc/status-code.ts';
import type { PendingCall } from './client.ts';
import type { FrameConnection } from './connection.ts';
import { type Frame, frameFlags, frameTypes } from './frame.ts';
import { StreamInbox, type StreamLimits } from './stream-inbox.ts';

/** What a stream needs of the client that it runs on. */
export interface ClientStreamHost {
  readonly connection: FrameConnection;
  readonly limits: StreamLimits;
  /** Sends the request and says on which stream. @throws TtrpcClosedError */
  open(request: { payload: Uint8Array; scope: CallScope; pending: PendingCall }): number;
  forget(streamId: number): void;
}

/** Makes a call of which at least one side streams. It begins when it is first read, and ends when its reader leaves. */
export async function* openStream(host: ClientStreamHost, call: RpcCall<unknown>): AsyncGenerator<unknown> {
  const { method, options } = call;
  using scope = new CallScope({ timeoutMs: options.timeoutMs, metadata: metadataFromPairs([]) });
  using _link = onAbort(options.signal, (error) => scope.cancel(error));
  using inbox = new StreamInbox(host.connection, host.limits);
  using _end = onAbort(scope.context.signal, (error) => inbox.end(error));
  scope.context.signal.throwIfAborted();
  const payload = method.requestStream ? new Uint8Array() : method.requestType.encode(call.input).finish();
  const streamId = host.open({ payload, scope, pending: receiver(inbox, call) });
  try {
    if (method.requestStream) void sendMessages(host, { call, streamId, inbox, scope });
    for (;;) {
      const message = await inbox.next();
      if (message === undefined) return;
      yield decodeMessage(call, message);
    }
  } finally {
    host.forget(streamId);
    scope.cancel('the stream was left by its reader');
  }
}

/** @throws `internal` when the server sent bytes that are no such message. */
export function decodeMessage(call: RpcCall<unknown>, payload: Uint8Array): unknown {
  try {
    return call.method.responseType.decode(payload);
  } catch (cause) {
    throw new SandshimError('internal', `ttrpc: cannot decode what ${call.method.name} answered`, { cause });
  }
}

function receiver(inbox: StreamInbox, call: RpcCall<unknown>): PendingCall {
  return {
    onResponse: ({ status, payload }) => {
      const error = errorFromStatus(status);
      if (error === undefined && !call.method.responseStream) inbox.push(payload);
      inbox.end(error);
    },
    onData: ({ flags, payload }: Frame) => {
      if ((flags & frameFlags.noData) === 0) inbox.push(payload);
      if ((flags & frameFlags.remoteClosed) !== 0) inbox.end();
    },
    onFailure: (error) => inbox.end(error),
  };
}

async function sendMessages(
  host: ClientStreamHost,
  { call, streamId, inbox, scope }: { call: RpcCall<unknown>; streamId: number; inbox: StreamInbox; scope: CallScope },
): Promise<void> {
  const { connection } = host;
  const { signal } = scope.context;
  try {
    if (!isAsyncIterable(call.input)) throw new SandshimError('invalid_argument', 'the request is no stream');
    for await (const message of call.input) {
      // Once the server has answered, it refuses what still comes.
      if (signal.aborted || inbox.ended) return;
      const payload = call.method.requestType.encode(message).finish();
      connection.send({ streamId, type: frameTypes.data, flags: 0, payload });
      await connection.drained();
    }
    if (signal.aborted || inbox.ended) return;
    const flags = frameFlags.remoteClosed | frameFlags.noData;
    connection.send({ streamId, type: frameTypes.data, flags, payload: new Uint8Array() });
  } catch (error) {
    inbox.end(SandshimError.from(error));
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
