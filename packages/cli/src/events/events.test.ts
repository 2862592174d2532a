import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { packAny, TaskExit, timestampFromDate } from '@sandshim/shim-server/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSince } from '../actions/events.ts';
import { type EventRow, eventFromEnvelope } from './event.ts';
import { parseEventFilter } from './filter.ts';
import { journalEvents, journalPath, parseJournalLine } from './journal.ts';
import { merge } from './merge.ts';

const time = new Date('2026-01-31T08:00:00.000Z');
const exit = packAny(TaskExit, {
  containerId: 'web',
  id: 'web',
  pid: 7,
  exitStatus: 3,
  exitedAt: timestampFromDate(time),
});
const line = (at: Date): string =>
  `${JSON.stringify({ time: at, namespace: 'default', topic: '/tasks/exit', type: exit.typeUrl, value: Buffer.from(exit.value).toString('base64') })}\n`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync('/tmp/sandshim-events-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(since: Date | undefined): Promise<readonly EventRow[]> {
  const events: EventRow[] = [];
  const { signal } = new AbortController();
  for await (const event of journalEvents(journalPath(folder), { since, follow: false, signal })) events.push(event);
  return events;
}

describe('an event', () => {
  it('tells its container and what happened, with real dates', () => {
    const envelope = { timestamp: timestampFromDate(time), namespace: 'default', topic: '/tasks/exit', event: exit };
    expect(eventFromEnvelope(envelope)).toEqual({
      time,
      namespace: 'default',
      topic: '/tasks/exit',
      id: 'web',
      details: { id: 'web', pid: 7, exitStatus: 3, exitedAt: time },
    });
  });

  it('of an unknown kind tells its topic and type', () => {
    const event = { typeUrl: 'containerd.events.ImageCreate', value: new Uint8Array([1, 2]) };
    const row = eventFromEnvelope({ timestamp: undefined, namespace: 'x', topic: '/images/create', event });
    expect(row).toMatchObject({ topic: '/images/create', id: '', details: { type: 'containerd.events.ImageCreate' } });
  });
});

describe('the journal', () => {
  it('is read since a time; a spoiled line does not hide the others', async () => {
    const later = new Date(time.getTime() + 60_000);
    writeFileSync(journalPath(folder), `${line(time)}{"half\n${line(later)}`);
    expect((await read(new Date(0))).map((event) => event.time)).toEqual([time, later]);
    expect((await read(later)).map((event) => event.time)).toEqual([later]);
    expect(await read(undefined)).toEqual([]);
  });

  it('that is not there has no events', async () => {
    expect(await read(new Date(0))).toEqual([]);
  });

  it('is followed from now on, also into a new file', async () => {
    const path = journalPath(folder);
    writeFileSync(path, line(time));
    const controller = new AbortController();
    const events = journalEvents(path, { since: undefined, follow: true, signal: controller.signal });
    const first = events.next();
    await new Promise((resolve) => void setTimeout(resolve, 50));
    appendFileSync(path, line(new Date(time.getTime() + 1000)));
    expect((await first).value).toMatchObject({ time: new Date(time.getTime() + 1000) });
    const second = events.next();
    renameSync(path, `${path}.old`);
    writeFileSync(path, line(new Date(time.getTime() + 2000)));
    expect((await second).value).toMatchObject({ time: new Date(time.getTime() + 2000) });
    const last = events.next();
    controller.abort();
    expect((await last).done).toBe(true);
  });

  it.each(['', 'x', '[]', 'null', '{"topic":"/tasks/exit"}', '{"topic":"/t","time":"never"}'])(
    '%j is no line of it',
    (text) => {
      expect(() => parseJournalLine(text)).toThrow(/^not an event/);
    },
  );

  it('refuses bytes that are no message', () => {
    const spoiled = { time, namespace: 'n', topic: '/tasks/exit', type: exit.typeUrl, value: '////' };
    expect(() => parseJournalLine(JSON.stringify(spoiled))).toThrow(/^not an event/);
  });
});

describe('a filter', () => {
  const event: EventRow = { time, namespace: 'default', topic: '/tasks/exit', id: 'web-1', details: {} };

  it.each([
    [[], true],
    [['topic=exit'], true],
    [['topic=/tasks/exit'], true],
    [['topic=oom', 'topic=exit'], true],
    [['topic=oom'], false],
    [['id=web'], true],
    [['id=db'], false],
    [['topic=exit', 'namespace=k8s.io'], false],
  ])('%j: %s', (sources, expected) => {
    expect(parseEventFilter(sources)(event)).toBe(expected);
  });

  it.each(['exit', 'color=red', '='])('%j is refused', (source) => {
    expect(() => parseEventFilter([source])).toThrow('is none of topic=…, id=…, namespace=…');
  });
});

describe('--since', () => {
  it('is a time, or how long ago', () => {
    expect(parseSince('10m', time)).toEqual(new Date(time.getTime() - 600_000));
    expect(parseSince('2026-01-01T00:00:00Z', time)).toEqual(new Date('2026-01-01T00:00:00Z'));
    expect(() => parseSince('once', time)).toThrow('neither a time');
  });
});

describe('merged streams', () => {
  async function* of(...values: readonly number[]): AsyncGenerator<number> {
    yield* values;
  }

  it('give everything and end with the last', async () => {
    const seen: number[] = [];
    for await (const value of merge([of(1, 2), of(), of(3)])) seen.push(value);
    expect(seen.toSorted()).toEqual([1, 2, 3]);
  });

  it('fail with the first that fails', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('gone');
    }
    const drain = async (): Promise<void> => {
      for await (const value of merge([failing(), of(2)])) expect(value).toBeGreaterThan(0);
    };
    await expect(drain()).rejects.toThrow('gone');
  });
});
