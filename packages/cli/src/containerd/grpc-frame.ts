import { SandshimError } from '@sandshim/runsc-client';

const headerBytes = 5;
const maxMessageBytes = 16 * 2 ** 20;

/** gRPC's framing: a byte that says "not compressed", the length in 4 bytes, the message. */
export function encodeGrpcMessage(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, headerBytes);
  return frame;
}

/** Takes bytes as they come and gives whole messages. */
export class GrpcMessageReader {
  #pending: Uint8Array<ArrayBufferLike> = new Uint8Array();

  /** @throws SandshimError `internal` for a compressed message, `resource_exhausted` for one of more than 16 MiB. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const messages: Uint8Array[] = [];
    while (this.#pending.length >= headerBytes) {
      const view = new DataView(this.#pending.buffer, this.#pending.byteOffset, headerBytes);
      if (view.getUint8(0) !== 0) throw new SandshimError('internal', 'the server sent a compressed message');
      const length = view.getUint32(1);
      if (length > maxMessageBytes) throw new SandshimError('resource_exhausted', `a message of ${length} bytes`);
      if (this.#pending.length < headerBytes + length) break;
      messages.push(this.#pending.subarray(headerBytes, headerBytes + length));
      this.#pending = this.#pending.subarray(headerBytes + length);
    }
    return messages;
  }
}
