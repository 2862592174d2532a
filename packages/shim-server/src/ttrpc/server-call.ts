import { SandshimError } from '@sandshim/runsc-client';
import { Response } from '../api/gen/ttrpc/ttrpc.ts';
import type { CallScope } from '../rpc/call-scope.ts';
import type { ServedMethod } from '../rpc/handler.ts';
import { statusFromError } from '../rpc/status-code.ts';
import type { FrameConnection } from './connection.ts';
import { oversizeMessage } from './encode.ts';
import { frameFlags, frameTypes, maxPayloadBytes } from './frame.ts';
import { readMessages, type StreamInbox } from './stream-inbox.ts';

/** One call that a server answers. */
export interface ServerCall {
  readonly streamId: number;
  readonly method: ServedMethod;
  readonly scope: CallScope;
  /** Present when the method takes a stream of requests. */
  readonly inbox: StreamInbox | undefined;
  /** The request's own payload. */
  readonly payload: Uint8Array;
}

/** Ends a call with an error. */
export function sendError(connection: FrameConnection, options: { streamId: number; error: unknown }): void {
  const { code, message } = statusFromError(options.error);
  const payload = Response.encode({ status: { code, message, details: [] }, payload: new Uint8Array() }).finish();
  if (payload.length > maxPayloadBytes) {
    const error = new SandshimError('resource_exhausted', oversizeMessage(payload.length));
    sendError(connection, { streamId: options.streamId, error });
    return;
  }
  connection.send({ streamId: options.streamId, type: frameTypes.response, flags: 0, payload });
}

/**
 * Runs the handler of `call` and sends what it answers.
 * @throws what the handler threw, or the scope's reason to stop; nothing has ended the call then.
 */
export async function runCall(connection: FrameConnection, call: ServerCall): Promise<void> {
  const { definition } = call.method;
  const input =
    call.inbox === undefined
      ? decodeRequest(call, call.payload)
      : readMessages(call.inbox, (payload) => decodeRequest(call, payload));
  if (definition.responseStream) {
    await call.scope.bound(() => sendStream(connection, { call, messages: invokeStreaming(call, input) }));
    return;
  }
  const response = await call.scope.bound(() => call.method.handle(input, call.scope.context));
  const body = definition.responseType.encode(response).finish();
  const payload = Response.encode({ status: undefined, payload: body }).finish();
  connection.send({ streamId: call.streamId, type: frameTypes.response, flags: 0, payload });
}

async function sendStream(
  connection: FrameConnection,
  options: { readonly call: ServerCall; readonly messages: AsyncIterable<unknown> },
): Promise<void> {
  const { streamId, scope, method } = options.call;
  for await (const message of options.messages) {
    scope.context.signal.throwIfAborted();
    const payload = method.definition.responseType.encode(message).finish();
    connection.send({ streamId, type: frameTypes.data, flags: 0, payload });
    await connection.drained();
  }
  scope.context.signal.throwIfAborted();
  const flags = frameFlags.remoteClosed | frameFlags.noData;
  connection.send({ streamId, type: frameTypes.data, flags, payload: new Uint8Array() });
}

function invokeStreaming(call: ServerCall, input: unknown): AsyncIterable<unknown> {
  const messages = call.method.handle(input, call.scope.context);
  if (isAsyncIterable(messages)) return messages;
  throw new SandshimError('internal', `the handler of ${call.method.definition.name} gave no stream`);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function decodeRequest(call: ServerCall, payload: Uint8Array): unknown {
  try {
    return call.method.definition.requestType.decode(payload);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SandshimError('internal', `ttrpc: error unmarshalling payload: ${reason}`, { cause });
  }
}
