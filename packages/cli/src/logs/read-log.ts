import { fileChanges } from '../output/file-changes.ts';
import { LineReader } from '../output/line-reader.ts';
import { olderLog } from './log-file.ts';
import { type LogPiece, parseLogLine } from './log-line.ts';

export interface ReadLogOptions {
  readonly since?: Date | undefined;
  /** The last so many lines of what is there; `undefined` is all. */
  readonly tail?: number | undefined;
  /** Go on with what comes, until this settles: the container has ended. */
  readonly until?: Promise<unknown> | undefined;
}

/** A container's log: what is there, and with `until` what comes. Lines that are none of a log are left out. */
export async function* readLog(path: string, options: ReadLogOptions): AsyncGenerator<LogPiece> {
  const { since, tail, until } = options;
  const reader = new LineReader(path);
  const wanted = (piece: LogPiece): boolean => since === undefined || piece.time >= since;
  yield* lastLines(pieces([new LineReader(olderLog(path)), reader], wanted), tail);
  if (until === undefined) return;
  for await (const _change of changesUntil(path, until)) yield* pieces([reader], wanted);
}

async function* pieces(readers: readonly LineReader[], wanted: (piece: LogPiece) => boolean): AsyncGenerator<LogPiece> {
  for (const reader of readers) {
    for await (const line of reader.lines()) {
      const piece = parseLogLine(line);
      if (piece !== undefined && wanted(piece)) yield piece;
    }
  }
}

// A line may be in several pieces; a full one ends it.
async function* lastLines(source: AsyncGenerator<LogPiece>, tail: number | undefined): AsyncGenerator<LogPiece> {
  if (tail === undefined) {
    yield* source;
    return;
  }
  const kept: LogPiece[] = [];
  let lines = 0;
  for await (const piece of source) {
    kept.push(piece);
    if (!piece.partial) lines += 1;
    while (lines > tail) {
      if (kept.shift()?.partial === false) lines -= 1;
    }
  }
  // Without lines, an unfinished one is none either.
  if (tail > 0) yield* kept;
}

// After each change of the file, and once more when the container has ended: its last words are in the file by then.
async function* changesUntil(path: string, until: Promise<unknown>): AsyncGenerator<void> {
  const controller = new AbortController();
  until.finally(() => controller.abort()).catch(() => undefined);
  yield* fileChanges(path, controller.signal);
  yield;
}
