import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { timestampFromDate } from '@sandshim/shim-server/api';
import { fileChanges } from '../output/file-changes.ts';
import { LineReader } from '../output/line-reader.ts';
import { type EventRow, eventFromEnvelope } from './event.ts';

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
  const typeUrl = 'type' in value ? String(value.type) : '';
  const bytes = Buffer.from('value' in value ? String(value.value) : '', 'base64');
  try {
    return eventFromEnvelope({
      timestamp: timestampFromDate(time),
      namespace: 'namespace' in value ? String(value.namespace) : '',
      topic: String(value.topic),
      event: { typeUrl, value: bytes },
    });
  } catch {
    throw bad();
  }
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
  for await (const _change of follow ? fileChanges(path, signal) : [undefined]) {
    for await (const line of reader.lines()) {
      const event = tryParse(line.toString());
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
