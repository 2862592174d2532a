import type { MessageCodec } from '../api/message.ts';

/** The largest message, in either direction: containerd's own limit. */
export const maxMessageBytes = 16 << 20;

/** The options that both ends of a connection take. */
export const messageLimits = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
} as const;

/** A method's path, as HTTP/2 carries it. */
export function methodPath(service: string, method: string): string {
  return `/${service}/${method}`;
}

/** A message as the library wants it; no copy. */
export function encodeMessage<T>(codec: MessageCodec<T>, message: T): Buffer {
  return asBuffer(codec.encode(message).finish());
}

/** For messages that are encoded and decoded by us, so that their errors are ours. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The counterpart of {@link asBuffer}. */
export function asBytes(buffer: Buffer): Uint8Array {
  return buffer;
}
