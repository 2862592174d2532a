import { type FileHandle, open, stat } from 'node:fs/promises';
import { jsonObjectsIn } from './json-stream.ts';
import { errorOfLogrusLine } from './runtime-text.ts';

const maxTailBytes = 256 * 1_024;

/** A position in a runtime's log: what comes after it was added by the command that was started then. */
export interface LogMark {
  readonly path: string;
  readonly offset: number;
}

/** Remembers the log's present end. A log that does not exist yet ends at 0. */
export async function markLog(path: string): Promise<LogMark> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  return { path, offset: size };
}

/**
 * The errors that were added to the log since `mark`, oldest first: the last 256 KiB of that part, as JSON objects with or
 * without newlines between them, or as logrus's text lines. An unreadable log has none.
 */
export async function errorsSince(mark: LogMark): Promise<readonly string[]> {
  const text = await readSince(mark).catch(() => '');
  const messages = [...jsonObjectsIn(text)].flatMap(errorMessageOf);
  if (messages.length > 0) return messages;
  return text.split('\n').flatMap((line) => errorOfLogrusLine(line) ?? []);
}

async function readSince({ path, offset }: LogMark): Promise<string> {
  // A log may be a fifo, or a terminal: only what is a file can be read again.
  if (!(await stat(path)).isFile()) return '';
  await using file = await open(path);
  const found = await file.stat();
  // Shorter than before: it was truncated or replaced, and all of it is new.
  const from = found.size < offset ? 0 : offset;
  const start = Math.max(from, found.size - maxTailBytes);
  return readRange(file, start, found.size - start);
}

async function readRange(file: FileHandle, position: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.toString('utf8', 0, filled);
}

function errorMessageOf(record: unknown): string[] {
  if (typeof record !== 'object' || record === null || !('level' in record) || !('msg' in record)) return [];
  const { level, msg } = record;
  const isError = level === 'error' || level === 'fatal' || level === 'panic';
  return isError && typeof msg === 'string' ? [msg.trim()] : [];
}
