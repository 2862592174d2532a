import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameDecoder } from './decode.ts';
import { encodeFrame } from './encode.ts';
import { type DecodedFrame, type Frame, maxPayloadBytes } from './frame.ts';

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  streamId: fc.integer({ min: 0, max: 0xffffffff }),
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  payload: fc.uint8Array({ maxLength: 300 }),
});

function decodeAll(chunks: readonly Uint8Array[]): DecodedFrame[] {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const points = [0, ...[...at].sort((a, b) => a - b), bytes.length];
  return points.slice(1).map((end, index) => bytes.subarray(points[index], end));
}

/** A copy of what is decoded, since a payload may be a part of a chunk. */
function plain(decoded: readonly DecodedFrame[]): unknown[] {
  return decoded.map((item) =>
    item.kind === 'oversize' ? item : { ...item.frame, payload: Buffer.from(item.frame.payload).toString('hex') },
  );
}

function expected(frames: readonly Frame[]): unknown[] {
  return plain(frames.map((frame) => ({ kind: 'frame', frame })));
}

test('a frame is found whatever single point its bytes are split at', () => {
  const frames: Frame[] = [
    { streamId: 1, type: 1, flags: 2, payload: Uint8Array.of(1, 2, 3) },
    { streamId: 3, type: 2, flags: 0, payload: new Uint8Array() },
    { streamId: 5, type: 3, flags: 5, payload: Uint8Array.of(9) },
  ];
  const bytes = Buffer.concat(frames.map(encodeFrame));
  for (let at = 0; at <= bytes.length; at++) {
    expect(plain(decodeAll([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(expected(frames));
  }
  expect(plain(decodeAll(Array.from(bytes, (byte) => Uint8Array.of(byte))))).toEqual(expected(frames));
});

test('any frames come back from their bytes, cut anywhere', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.nat(3000), { maxLength: 20 }), (frames, points) => {
      const bytes = Buffer.concat(frames.map(encodeFrame));
      const chunks = cut(
        bytes,
        points.map((point) => Math.min(point, bytes.length)),
      );
      expect(plain(decodeAll(chunks))).toEqual(expected(frames));
    }),
  );
});

test('a payload over 4 MiB is dropped, reported, and the next frame is found', () => {
  const length = maxPayloadBytes + 1;
  const header = Buffer.from('00400001000000090100', 'hex');
  const next = { streamId: 11, type: 1, flags: 0, payload: Uint8Array.of(7) };
  const bytes = Buffer.concat([header, Buffer.alloc(length, 0xff), encodeFrame(next)]);
  const oversize = { kind: 'oversize', oversize: { streamId: 9, type: 1, length } };
  for (const size of [bytes.length, 65_536, 1_000_003]) {
    const points = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => (index + 1) * size);
    expect(plain(decodeAll(cut(bytes, points)))).toEqual([oversize, ...expected([next])]);
  }
});

test('a payload of exactly 4 MiB passes', () => {
  const frame = { streamId: 1, type: 1, flags: 0, payload: new Uint8Array(maxPayloadBytes).fill(5) };
  const [decoded] = decodeAll([encodeFrame(frame)]);
  expect(decoded?.kind === 'frame' && Buffer.compare(decoded.frame.payload, frame.payload)).toBe(0);
});

test('bytes that end inside a frame yield nothing and say so', () => {
  const bytes = encodeFrame({ streamId: 1, type: 1, flags: 0, payload: Uint8Array.of(1, 2, 3) });
  for (let length = 0; length < bytes.length; length++) {
    const decoder = new FrameDecoder();
    expect([...decoder.push(bytes.subarray(0, length))]).toEqual([]);
    expect(decoder.midFrame).toBe(length > 0);
  }
});

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
      decodeAll(chunks);
    }),
  );
});
