import type { Readable } from 'node:stream';

/** What a stream brought, up to a limit; what exceeds it is read and dropped. */
export interface Capture {
  text(): string;
  readonly truncated: boolean;
}

/** Keeps the first `maxBytes` of `stream`. */
export function captureHead(stream: Readable, maxBytes: number): Capture {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  stream.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, maxBytes - size);
    if (kept.length < chunk.length) truncated = true;
    if (kept.length === 0) return;
    size += kept.length;
    chunks.push(kept);
  });
  return {
    text: () => Buffer.concat(chunks).toString(),
    get truncated() {
      return truncated;
    },
  };
}

/** Keeps the last `maxBytes` of `stream`. */
export function captureTail(stream: Readable, maxBytes: number): Capture {
  let chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  const compact = (): Buffer => {
    const all = Buffer.concat(chunks);
    return all.subarray(Math.max(0, all.length - maxBytes));
  };
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) return;
    truncated = true;
    if (size <= 2 * maxBytes) return;
    // A copy, so that the pieces that were cut off can be collected.
    chunks = [Buffer.from(compact())];
    size = maxBytes;
  });
  return {
    text: () => compact().toString(),
    get truncated() {
      return truncated;
    },
  };
}
