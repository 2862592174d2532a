import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorsSince, markLog } from './log-tail.ts';

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-tail-'));
  log = join(folder, 'log.json');
});
afterEach(() => rm(folder, { recursive: true }));

const record = (msg: string, level = 'error') => JSON.stringify({ msg, level, time: '2026-01-01T00:00:00Z' });

test('only what was added counts, with or without newlines between the records', async () => {
  await writeFile(log, record('old'));
  const mark = await markLog(log);
  await appendFile(log, `${record('first')}${record('second')}\n${record('third', 'fatal')}`);
  expect(await errorsSince(mark)).toEqual(['first', 'second', 'third']);
});

test('warnings and records without a message do not count', async () => {
  const mark = await markLog(log);
  await writeFile(log, `${record('careful', 'warning')}{"level":"error"}{"msg":"x"}{"msg":1,"level":"error"}`);
  expect(await errorsSince(mark)).toEqual([]);
});

test('a log in text is read too', async () => {
  const mark = await markLog(log);
  await writeFile(log, 'time="1" level=info msg=fine\ntime="2" level=error msg="not fine"\n');
  expect(await errorsSince(mark)).toEqual(['not fine']);
});

test('a log that was truncated meanwhile is all new', async () => {
  await writeFile(log, record('a long old record that is gone'));
  const mark = await markLog(log);
  await truncate(log, 0);
  await appendFile(log, record('new'));
  expect(await errorsSince(mark)).toEqual(['new']);
});

test('of a huge log the end is read', async () => {
  const mark = await markLog(log);
  await writeFile(log, `${record('first')}${'x'.repeat(3_000_000)}${record('last')}`);
  expect(await errorsSince(mark)).toEqual(['last']);
});

test.each(['no-such-file', '.'])('what cannot be read (%s) has no errors', async (name) => {
  const path = join(folder, name);
  expect(await errorsSince(await markLog(path))).toEqual([]);
});

test('any bytes may be in a log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 5 }), async (chunks) => {
      await writeFile(log, '');
      const mark = await markLog(log);
      await appendFile(log, Buffer.concat([...chunks, Buffer.from(`\n${record('the end')}`)]));
      expect((await errorsSince(mark)).at(-1) ?? 'the end').toBe('the end');
    }),
    { numRuns: 50 },
  );
});
