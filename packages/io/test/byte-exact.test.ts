import { constants, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { parseFd } from '@sandshim/runsc-client';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePlace } from './support/place.ts';
import { pattern, readFifo, reading, size, total, writeAll, writing } from './support/plan.ts';

const sys = await openSys();
const none = { stdin: '', stdout: '', stderr: '', terminal: false, id: 'a', namespace: 'default' };

/** Takes a process's end of a stream over, as the process would: the io closes its own copy. */
function adopt(fd: number | null | undefined) {
  const own = sys.duplicate(parseFd(fd));
  sys.setNonBlocking(own, true);
  return own;
}

test.each([
  ['copied', false],
  ['direct', true],
])('output is byte-exact however it is written and read: %s', async (_, direct) => {
  using place = makePlace();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(writing, reading, async (writes, reads) => {
      const stdout = place.path(`out${count++}`);
      sys.mkfifo(stdout, 0o600);
      const data = pattern(total(writes));
      const io = await openProcessIo({ ...none, stdout, direct }, { sys });
      const writer = adopt(io.stdio?.stdout);
      await io.started();
      const written = writeAll(sys, writer, { data, moves: writes });
      const heard = await readFifo(sys, stdout, { moves: reads, expected: data.byteLength });
      await written;
      io.exited();
      const report = await io.drain({ timeoutMs: 5_000 });
      await io.close();
      expect(report).toMatchObject({ complete: true, open: [] });
      if (!direct) expect(report.bytes.stdout).toBe(data.byteLength);
      expect(heard.equals(data)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a file gets every byte in order', async () => {
  using place = makePlace();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(writing, async (writes) => {
      const path = place.path(`log${count++}`);
      const data = pattern(total(writes));
      const io = await openProcessIo({ ...none, stdout: `file://${path}` }, { sys });
      const writer = adopt(io.stdio?.stdout);
      await io.started();
      await writeAll(sys, writer, { data, moves: writes });
      io.exited();
      expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true, lostBytes: 0 });
      await io.close();
      expect(readFileSync(path).equals(data)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('input is byte-exact, from clients that come one after another', async () => {
  using place = makePlace();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(writing, { minLength: 1, maxLength: 3 }), size, async (clients, readSize) => {
      const stdin = place.path(`in${count++}`);
      sys.mkfifo(stdin, 0o600);
      const io = await openProcessIo({ ...none, stdin }, { sys });
      const reader = adopt(io.stdio?.stdin);
      await io.started();
      const data = pattern(total(clients.flat()));
      const writeClients = async () => {
        let offset = 0;
        for (const moves of clients) {
          const client = sys.open(stdin, constants.O_WRONLY | constants.O_NONBLOCK);
          const piece = data.subarray(offset, offset + total(moves));
          await writeAll(sys, client, { data: piece, moves });
          offset += piece.byteLength;
        }
        io.closeStdin();
      };
      const written = writeClients();
      const pieces: Buffer[] = [];
      for (;;) {
        const buffer = Buffer.allocUnsafe(readSize);
        const bytes = sys.read(reader, buffer);
        if (bytes === 0) break;
        if (bytes === undefined) await turn();
        else pieces.push(buffer.subarray(0, bytes));
      }
      await written;
      sys.close(reader);
      io.exited();
      await io.close();
      expect(Buffer.concat(pieces).equals(data)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('many streams share fairly: a line passes ten floods', async () => {
  using place = makePlace();
  const open = async (name: string) => {
    const stdout = place.fifo(name);
    const io = await openProcessIo({ ...none, stdout }, { sys });
    const writer = adopt(io.stdio?.stdout);
    await io.started();
    return { io, stdout, writer };
  };
  const floods = await Promise.all(Array.from({ length: 10 }, (_, index) => open(`flood${index}`)));
  const calm = await open('calm');
  const amount = 32 * 1024 * 1024;
  const data = pattern(amount);
  const finished: string[] = [];
  const all = floods.map(async ({ stdout, writer }) => {
    const written = writeAll(sys, writer, { data, moves: [{ bytes: amount }] });
    const heard = await readFifo(sys, stdout, { moves: [{ bytes: 1_048_576 }], expected: amount });
    await written;
    finished.push('flood');
    return heard.equals(data);
  });
  const line = pattern(100);
  const heard = readFifo(sys, calm.stdout, { moves: [{ bytes: 4096 }], expected: line.byteLength }).then((bytes) => {
    finished.push('line');
    return bytes.equals(line);
  });
  await writeAll(sys, calm.writer, { data: line, moves: [{ bytes: line.byteLength }] });
  expect(await heard).toBe(true);
  expect(finished).toEqual(['line']);
  expect(await Promise.all(all)).toEqual(floods.map(() => true));
  for (const { io } of [...floods, calm]) await io.close();
});
