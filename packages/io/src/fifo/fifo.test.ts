import { constants } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createFakeSys } from '../testing/index.ts';
import { openFifoReader } from './fifo-reader.ts';
import { openFifoWriter } from './fifo-writer.ts';

function world() {
  const sys = createFakeSys();
  sys.mkfifo('/fifo', 0o600);
  const open = (flags: number) => sys.open('/fifo', flags | constants.O_NONBLOCK);
  const text = (fd: ReturnType<typeof open>) => {
    const buffer = Buffer.alloc(100);
    const count = sys.read(fd, buffer);
    return count === undefined ? undefined : buffer.toString('utf8', 0, count);
  };
  return { sys, open, text };
}

async function turns(): Promise<void> {
  for (let index = 0; index < 10; index++) await turn();
}

test('a writer opens without a reader, and survives one that goes', () => {
  const { sys, open, text } = world();
  const writer = openFifoWriter('/fifo', { sys });
  const client = open(constants.O_RDONLY);
  sys.close(client);
  sys.write(writer.fd, Buffer.from('kept'));
  expect(text(open(constants.O_RDONLY))).toBe('kept');
  writer[Symbol.dispose]();
  writer[Symbol.dispose]();
  expect(() => writer.fd).toThrow(expect.objectContaining({ code: 'failed_precondition' }));
});

test('a reader that is there sees the end at once', () => {
  const { sys, open, text } = world();
  const writer = openFifoWriter('/fifo', { sys });
  const client = open(constants.O_RDONLY);
  writer.end();
  expect(text(client)).toBe('');
  sys.close(client);
  expect(sys.openDescriptors).toBe(0);
});

test('the end waits for a reader that has yet to come, and for what it has to read', async () => {
  const { sys, open, text } = world();
  const writer = openFifoWriter('/fifo', { sys });
  sys.write(writer.fd, Buffer.from('last words'));
  writer.end();
  writer.end();
  await turns();
  const client = open(constants.O_RDONLY);
  sys.notify(`/proc/self/fd/${writer.fd}`);
  await turns();
  expect(text(client)).toBe('last words');
  expect(text(client)).toBe(undefined);
  sys.notify(`/proc/self/fd/${writer.fd}`);
  await turns();
  expect(text(client)).toBe('');
  sys.close(client);
  expect([sys.openDescriptors, sys.watches]).toEqual([0, 0]);
});

test('a writer that waits for a reader can be given up', async () => {
  const { sys } = world();
  const writer = openFifoWriter('/fifo', { sys });
  writer.end();
  await turns();
  writer[Symbol.dispose]();
  expect([sys.openDescriptors, sys.watches]).toEqual([0, 0]);
});

test('without inotify the end comes all the same', async () => {
  const { sys, open, text } = world();
  const writer = openFifoWriter('/fifo', { sys });
  sys.failNext('inotify', 'EMFILE');
  writer.end();
  const client = open(constants.O_RDONLY);
  while (text(client) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  sys.close(client);
  expect(sys.openDescriptors).toBe(0);
});

test('a reader does not end while its writer is kept', () => {
  const { sys, open, text } = world();
  const reader = openFifoReader('/fifo', { sys, keepAlive: true });
  const client = open(constants.O_WRONLY);
  sys.write(client, Buffer.from('x'));
  sys.close(client);
  expect([text(reader.fd), text(reader.fd)]).toEqual(['x', undefined]);
  reader.releaseWriter();
  reader.releaseWriter();
  expect(text(reader.fd)).toBe('');
  reader[Symbol.dispose]();
  expect(sys.openDescriptors).toBe(0);
});

test.each([
  ['a reader', openFifoReader],
  ['a writer', openFifoWriter],
])('%s of a file is refused, of nothing not found, and nothing stays open', (_, openFifo) => {
  const sys = createFakeSys();
  sys.writeFile('/file', '');
  expect(() => openFifo('/file', { sys, keepAlive: true })).toThrow(/is not a fifo/);
  expect(() => openFifo('/none', { sys, keepAlive: true })).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(sys.openDescriptors).toBe(0);
});

test.each([1, 2])('when opening %d of a fifo fails, nothing stays open', (failing) => {
  const { sys } = world();
  for (const openFifo of [openFifoReader, openFifoWriter]) {
    // The first opening only finds the file.
    const plan = sys.open;
    let count = 0;
    const failingSys = {
      ...sys,
      open: (...args: Parameters<typeof plan>) => {
        if (count++ === failing) sys.failNext('open', 'EMFILE');
        return plan(...args);
      },
    };
    expect(() => openFifo('/fifo', { sys: failingSys, keepAlive: true })).toThrow(/EMFILE/);
  }
  expect(sys.openDescriptors).toBe(0);
});
