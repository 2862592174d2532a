import { type DecodedFrame, headerBytes, maxPayloadBytes } from './frame.ts';

interface Header {
  readonly length: number;
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
}

/**
 * Finds frames in a stream of bytes that is cut anywhere. Holds at most one frame's bytes. A frame whose payload is larger
 * than allowed is dropped as it comes in and reported once it has passed, so that the stream stays in step.
 */
export class FrameDecoder {
  readonly #headerBuffer = new Uint8Array(headerBytes);
  #headerFilled = 0;
  #header: Header | undefined;
  #payload: Uint8Array | undefined;
  #payloadSeen = 0;

  /** Whether the bytes so far end inside a frame: at the end of the stream this means that it was cut off. */
  get midFrame(): boolean {
    return this.#headerFilled > 0;
  }

  /** Takes the next bytes and yields every frame that they complete. Consume it whole before the next push. */
  *push(chunk: Uint8Array): Generator<DecodedFrame, void, undefined> {
    let rest = chunk;
    while (rest.length > 0 || this.#isComplete()) {
      rest = this.#header === undefined ? this.#takeHeader(rest) : this.#takePayload(this.#header, rest);
      if (this.#header !== undefined && this.#isComplete()) yield this.#finish(this.#header);
    }
  }

  #isComplete(): boolean {
    return this.#header !== undefined && this.#payloadSeen === this.#header.length;
  }

  #takeHeader(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, headerBytes - this.#headerFilled);
    this.#headerBuffer.set(taken, this.#headerFilled);
    this.#headerFilled += taken.length;
    if (this.#headerFilled === headerBytes) this.#header = parseHeader(this.#headerBuffer);
    return chunk.subarray(taken.length);
  }

  #takePayload(header: Header, chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, header.length - this.#payloadSeen);
    if (header.length <= maxPayloadBytes) {
      // The whole payload in one chunk, which is the usual case, is not copied.
      if (taken.length === header.length) this.#payload = taken;
      else {
        this.#payload ??= new Uint8Array(header.length);
        this.#payload.set(taken, this.#payloadSeen);
      }
    }
    this.#payloadSeen += taken.length;
    return chunk.subarray(taken.length);
  }

  #finish(header: Header): DecodedFrame {
    const { length, ...rest } = header;
    const payload = this.#payload ?? new Uint8Array();
    this.#header = undefined;
    this.#payload = undefined;
    this.#headerFilled = 0;
    this.#payloadSeen = 0;
    if (length > maxPayloadBytes) {
      return { kind: 'oversize', oversize: { streamId: rest.streamId, type: rest.type, length } };
    }
    return { kind: 'frame', frame: { ...rest, payload } };
  }
}

function parseHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  return { length: view.getUint32(0), streamId: view.getUint32(4), type: view.getUint8(8), flags: view.getUint8(9) };
}
