import { constants } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Sys } from '@sandshim/io/sys';
import type { Fd } from '@sandshim/runsc-client';
import fc from 'fast-check';

/** What one side does next: moves so many bytes, leaves the other alone for some turns of the event loop, or goes away. */
export type Move = { readonly bytes: number } | { readonly turns: number } | { readonly vanish: true };

/** Sizes where pipes, pages and splice have their limits, and any other. */
export const size = fc.oneof(
  fc.constantFrom(1, 2, 511, 4095, 4096, 4097, 8192, 65_535, 65_536, 65_537, 131_072, 1_048_575, 1_048_576, 1_048_577),
  fc.integer({ min: 1, max: 300_000 }),
);

const pause = fc.record({ turns: fc.integer({ min: 1, max: 5 }) });
const transfer = fc.record({ bytes: size });

export const writing: fc.Arbitrary<Move[]> = fc.array(fc.oneof({ weight: 4, arbitrary: transfer }, pause), {
  minLength: 1,
  maxLength: 12,
});

/** Ends with reading all that is there, so that every plan comes to its end. */
export const reading: fc.Arbitrary<Move[]> = fc
  .array(fc.oneof({ weight: 4, arbitrary: transfer }, pause, fc.constant({ vanish: true as const })), { maxLength: 12 })
  .map((moves) => [...moves, { bytes: 65_536 }]);

/** Bytes that tell where they belong: a piece that is lost, doubled or moved shows. */
export function pattern(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 2_654_435_761);
  return Buffer.from(words.buffer, 0, length);
}

export function total(moves: readonly Move[]): number {
  return moves.reduce((sum, move) => sum + ('bytes' in move ? move.bytes : 0), 0);
}

/** What is written, and how. */
export interface Writing {
  readonly data: Buffer;
  readonly moves: readonly Move[];
}

/** Writes all of `data` to a non-blocking descriptor, and closes it. */
export async function writeAll(sys: Sys, to: Fd, { data, moves }: Writing): Promise<void> {
  let offset = 0;
  for (const move of moves) {
    if ('turns' in move) await turns(move.turns);
    if (!('bytes' in move)) continue;
    const end = offset + move.bytes;
    while (offset < end) {
      const written = sys.write(to, data.subarray(offset, end));
      if (written === undefined) await turn();
      else offset += written;
    }
  }
  sys.close(to);
}

/** How a fifo is read, and how much will come. */
export interface Reading {
  readonly moves: readonly Move[];
  readonly expected: number;
}

/** Reads a fifo to its end, by the moves over and over; the reader may close it and open it again. */
export async function readFifo(sys: Sys, path: string, { moves, expected }: Reading): Promise<Buffer> {
  const open = () => sys.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pieces: Buffer[] = [];
  let read = 0;
  let fd = open();
  for (let step = 0; ; step++) {
    const move = moves[step % moves.length] ?? { bytes: 65_536 };
    if ('turns' in move) await turns(move.turns);
    else if ('bytes' in move) {
      const buffer = Buffer.allocUnsafe(move.bytes);
      const count = sys.read(fd, buffer);
      if (count === 0 && read >= expected) break;
      if (count) pieces.push(buffer.subarray(0, count));
      else await turn();
      read += count ?? 0;
    } else if (read < expected) {
      // Who has read everything has nothing to come back for.
      sys.close(fd);
      await turns(3);
      fd = open();
    }
  }
  sys.close(fd);
  return Buffer.concat(pieces);
}

async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}
