import type { BinaryWriter } from '@bufbuild/protobuf/wire';

/** How one message goes to bytes and back. Every generated message constant is one. */
export interface MessageCodec<T> {
  encode(message: T): BinaryWriter;
  /** @throws a plain Error when the bytes are no such message. */
  decode(bytes: Uint8Array): T;
}

/** A codec that knows its message's full protobuf name, which is what an Any carries. */
export interface NamedMessageCodec<T> extends MessageCodec<T> {
  readonly $type: string;
}
