import { open, watch } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import type { EventRow } from './event.ts';

/** Where the shims that sandshim started write their events: one JSON object per line. */
export function journalPath(root: string): string {
  return join(root, 'events.jsonl');
}

/**
 * Reads a line of the journal.
 * @throws SandshimError `invalid_argument` for a line that is none, such as one cut off by a full disk.
 */
export function parseJournalLine(line: string): EventRow {
  const bad = (): SandshimError => new SandshimError('invalid_argument', `not an event: ${line.slice(0, 80)}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw bad();
  }
  if (typeof value !== 'object' || value === null || !('topic' in value) || !('time' in value)) throw bad();
  const time = new Date(String(value.time));
  if (Number.isNaN(time.getTime())) throw bad();
  const details =
    'details' in value && typeof value.details === 'object' && value.details !== null ? value.details : {};
  return {
    time,
    namespace: 'namespace' in value ? String(value.namespace) : '',
    topic: String(value.topic),
    id: 'id' in value ? String(value.id) : '',
    details: Object.fromEntries(Object.entries(details)),
  };
}

/** The journal's events since `since`, or from now on; with `follow` also those that come, until `signal`. */
export async function* journalEvents(
  path: string,
  options: { readonly since: Date | undefined; readonly follow: boolean; readonly signal: AbortSignal },
): AsyncGenerator<EventRow> {
  const { since, follow, signal } = options;
  const reader = new LineReader(path);
  // Without `since` what is there already is history.
  if (since === undefined) await reader.skipToEnd();
  for await (const _change of changes(path, { follow, signal })) {
    for (const line of await reader.readLines()) {
      const event = tryParse(line);
      if (event !== undefined && (since === undefined || event.time >= since)) yield event;
    }
  }
}

function tryParse(line: string): EventRow | undefined {
  try {
    return parseJournalLine(line);
  } catch {
    // One spoiled line does not hide the others.
    return undefined;
  }
}

// Once at the beginning, then after each change of the file, which may not be there yet.
async function* changes(
  path: string,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): AsyncGenerator<void> {
  yield;
  if (!follow || signal.aborted) return;
  try {
    for await (const { filename } of watch(dirname(path), { signal })) {
      if (filename === basename(path)) yield;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Reads a file that grows, whole lines at a time. */
export class LineReader {
  readonly #path: string;
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  async skipToEnd(): Promise<void> {
    const size = await this.#withFile(async (file) => (await file.stat()).size);
    this.#offset = size ?? 0;
  }

  async readLines(): Promise<readonly string[]> {
    const text = await this.#withFile(async (file) => {
      const { size } = await file.stat();
      // A file that has become shorter was replaced by a new one.
      if (size < this.#offset) this.#offset = 0;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - this.#offset), { position: this.#offset });
      this.#offset += bytesRead;
      return buffer.toString('utf8', 0, bytesRead);
    });
    const lines = `${this.#rest}${text ?? ''}`.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  async #withFile<T>(use: (file: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T | undefined> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      file = await open(this.#path, 'r');
    } catch {
      // It appears with the first event.
      return undefined;
    }
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }
}
