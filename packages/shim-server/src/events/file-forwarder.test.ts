import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packAny, TaskStart, unpackAny } from '../api/index.ts';
import { createEventPublisher } from './create-publisher.ts';
import { journalOf } from './file-forwarder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandshim-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an address with the scheme file names a journal, any other a socket', () => {
  expect(journalOf('file:///run/sandshim/events.jsonl')).toBe('/run/sandshim/events.jsonl');
  expect(journalOf('/run/containerd/containerd.sock.ttrpc')).toBeUndefined();
  expect(journalOf('unix:///run/x.sock')).toBeUndefined();
});

test('events are appended to the journal in order, one line each, readable by root alone', async () => {
  const path = join(folder, 'events.jsonl');
  const publisher = createEventPublisher({ namespace: 'default', ttrpcAddress: `file://${path}` });
  const timestamp = new Date('2026-01-31T08:00:00.123Z');
  for (const pid of [1, 2, 3]) {
    publisher.publish({ topic: '/tasks/start', timestamp, event: packAny(TaskStart, { containerId: 'c1', pid }) });
  }
  await publisher.close({ graceMs: 1000 });
  const lines = (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ time, namespace, topic }) => [time, namespace, topic])).toEqual(
    Array(3).fill(['2026-01-31T08:00:00.123Z', 'default', '/tasks/start']),
  );
  const pids = lines.map(
    ({ type, value }) => unpackAny(TaskStart, { typeUrl: type, value: Buffer.from(value, 'base64') })?.pid,
  );
  expect(pids).toEqual([1, 2, 3]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a journal that cannot be written loses its events after some tries, and says so', async () => {
  const lost: string[] = [];
  const publisher = createEventPublisher({
    namespace: 'default',
    ttrpcAddress: `file://${folder}/missing/events.jsonl`,
    limits: { capacity: 8, maxRefusals: 2, retryMs: { min: 1, max: 1 } },
    onLost: ({ reason }) => void lost.push(reason),
  });
  publisher.publish({ topic: '/tasks/start', event: packAny(TaskStart, { containerId: 'c1', pid: 1 }) });
  await publisher.flush();
  expect(lost).toEqual(['refused']);
  await publisher.close();
});
