export {
  createClient,
  type MethodClient,
  type RpcCall,
  type RpcCallOptions,
  type RpcChannel,
  type ServiceClient,
} from '../rpc/client.ts';
export {
  type CallContext,
  implementService,
  type MethodHandler,
  type ServedMethod,
  type ServedService,
  type ServiceHandlers,
} from '../rpc/handler.ts';
export { type Metadata, metadataFromPairs } from '../rpc/metadata.ts';
export type { RpcServer, RpcServerOptions, RpcServerReport } from '../rpc/server.ts';
export {
  defineService,
  type MethodDefinition,
  type RequestOf,
  type ResponseOf,
  type ServiceDefinition,
} from '../rpc/service-definition.ts';
export { errorFromStatus, type StatusParts, statusFromError, statusNumber } from '../rpc/status-code.ts';
export { TtrpcClient } from './client.ts';
export { TtrpcClosedError } from './closed-error.ts';
export { connectTtrpc, parseSocketAddress } from './connect.ts';
export { FrameConnection, type FrameListener } from './connection.ts';
export { FrameDecoder } from './decode.ts';
export { encodeFrame } from './encode.ts';
export {
  type DecodedFrame,
  type Frame,
  frameFlags,
  frameTypes,
  headerBytes,
  maxPayloadBytes,
  type OversizeFrame,
} from './frame.ts';
export { serveTtrpc, type TtrpcServerOptions } from './server.ts';
export { defaultStreamLimits, type StreamLimits } from './stream-inbox.ts';
