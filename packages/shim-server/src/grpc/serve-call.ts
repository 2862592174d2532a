import type { Metadata as GrpcMetadata, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { SandshimError } from '@sandshim/runsc-client';
import { CallScope } from '../rpc/call-scope.ts';
import type { ServedMethod } from '../rpc/handler.ts';
import { type Metadata, metadataFromPairs } from '../rpc/metadata.ts';
import type { RpcServerReport } from '../rpc/server.ts';
import { statusFromError } from '../rpc/status-code.ts';
import { asBuffer } from './method-codec.ts';

/** One method as the library calls it. */
export type UnaryImplementation = (call: ServerUnaryCall<Uint8Array, Buffer>, callback: sendUnaryData<Buffer>) => void;

/** Makes of a handler what the library calls. */
export function serveUnary(
  method: ServedMethod,
  options: { readonly service: string; readonly onReport: ((report: RpcServerReport) => void) | undefined },
): UnaryImplementation {
  return (call, callback) => {
    void answer(method, call).then(
      (response) => callback(null, response),
      (error: unknown) => {
        if (!SandshimError.is(error)) {
          options.onReport?.({
            type: 'handler-error',
            service: options.service,
            method: method.definition.name,
            error,
          });
        }
        const { code, message } = statusFromError(error);
        callback({ code, details: message });
      },
    );
  };
}

async function answer(method: ServedMethod, call: ServerUnaryCall<Uint8Array, Buffer>): Promise<Buffer> {
  using scope = new CallScope({ timeoutMs: timeoutOf(call), metadata: metadataOf(call.metadata) });
  // Also what a closed connection looks like.
  call.once('cancelled', () => scope.cancel('the call was canceled'));
  const request = decodeRequest(method, call.request);
  const response = await scope.bound(() => method.handle(request, scope.context));
  return asBuffer(method.definition.responseType.encode(response).finish());
}

function timeoutOf(call: ServerUnaryCall<Uint8Array, Buffer>): number | undefined {
  const deadline = call.getDeadline();
  const time = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(time) ? time - Date.now() : undefined;
}

function metadataOf(metadata: GrpcMetadata): Metadata {
  return metadataFromPairs(
    Object.keys(metadata.getMap()).flatMap((key) =>
      metadata.get(key).map((value) => [key, typeof value === 'string' ? value : value.toString('base64')] as const),
    ),
  );
}

function decodeRequest(method: ServedMethod, bytes: Uint8Array): unknown {
  try {
    return method.definition.requestType.decode(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SandshimError('internal', `error unmarshalling request: ${reason}`, { cause });
  }
}
