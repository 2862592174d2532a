import { SandshimError } from '@sandshim/runsc-client';
import { type Frame, headerBytes, maxPayloadBytes } from './frame.ts';

/** The text with which a frame too large is refused, on both sides of the wire. */
export function oversizeMessage(length: number): string {
  return `message length ${length} exceed maximum message size of ${maxPayloadBytes}`;
}

/**
 * A frame's bytes.
 * @throws `resource_exhausted` when its payload is over {@link maxPayloadBytes}.
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const { payload } = frame;
  if (payload.length > maxPayloadBytes) {
    throw new SandshimError('resource_exhausted', oversizeMessage(payload.length));
  }
  const bytes = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length);
  view.setUint32(4, frame.streamId);
  bytes[8] = frame.type;
  bytes[9] = frame.flags;
  bytes.set(payload, headerBytes);
  return bytes;
}
