import { readdirSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { parseFd } from '@sandshim/runsc-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cpuTicks, openDescriptors, threads } from './support/counts.ts';
import { makePlace } from './support/place.ts';

const sys = await openSys();
const none = { stdin: '', stdout: '', stderr: '', terminal: false, id: 'a', namespace: 'default' };
const consoles = makePlace();

beforeAll(async () => {
  process.env['XDG_RUNTIME_DIR'] = consoles.folder;
  // What lives as long as the program: the watcher's epoll instance, and libuv's pool of threads.
  const io = await openProcessIo({ ...none, terminal: true }, { sys });
  await handOverTerminal(io.consoleSocket);
  await io.started();
  await io.close();
  await Promise.all(Array.from({ length: 8 }, () => stat('/')));
});

afterAll(() => {
  delete process.env['XDG_RUNTIME_DIR'];
  consoles[Symbol.dispose]();
});

/** A runtime's part: sends a new terminal's master, and gives the path of its slave. */
async function handOverTerminal(consoleSocket: string | undefined): Promise<string> {
  const terminal = sys.openTerminal();
  const socket = sys.connectUnix(consoleSocket ?? '');
  sys.sendDescriptors(socket, Buffer.from(terminal.path), [terminal.master]);
  sys.close(socket);
  sys.close(terminal.master);
  return terminal.path;
}

/** What could be left behind. */
function inventory() {
  return {
    descriptors: openDescriptors(),
    threads: threads(),
    consoles: readdirSync(consoles.folder),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

test('100 fifos without a peer take no thread, and leave nothing', async () => {
  using place = makePlace();
  const before = inventory();
  const opened = [];
  for (let index = 0; index < 100; index++) {
    const [stdin, stdout] = [place.path(`in${index}`), place.path(`out${index}`)];
    sys.mkfifo(stdin, 0o600);
    sys.mkfifo(stdout, 0o600);
    opened.push(await openProcessIo({ ...none, stdin, stdout }, { sys }));
  }
  expect(threads()).toBe(before.threads);
  expect((await stat(place.folder)).ino).toBe(statSync(place.folder).ino);
  for (const io of opened) await io.close();
  expect(inventory()).toEqual(before);
});

test('100 copies that are aborted in the middle leave nothing', async () => {
  using place = makePlace();
  const before = inventory();
  const full = Buffer.alloc(1_048_576);
  for (let index = 0; index < 100; index++) {
    const stdout = place.path(`out${index}`);
    sys.mkfifo(stdout, 0o600);
    const toFile = index % 2 === 0;
    const io = await openProcessIo({ ...none, stdout: toFile ? `file://${stdout}.log` : stdout }, { sys });
    const writer = sys.duplicate(parseFd(io.stdio?.stdout));
    await io.started();
    sys.setNonBlocking(writer, true);
    // Nobody reads the fifo: its copy is full of bytes that have nowhere to go. The file's is in the middle of a write.
    for (let count = 0; count < 5; count++) {
      sys.write(writer, full);
      await turn();
    }
    await io.close();
    sys.close(writer);
  }
  expect(inventory()).toEqual(before);
});

test('1,000 consoles that are opened and closed leave nothing', async () => {
  using place = makePlace();
  const before = inventory();
  const stdin = place.fifo('in');
  const stdout = place.fifo('out');
  for (let index = 0; index < 1000; index++) {
    const io = await openProcessIo({ ...none, stdin, stdout, terminal: true }, { sys });
    await handOverTerminal(io.consoleSocket);
    await io.started();
    if (index % 2 === 0) {
      io.exited();
      await io.drain({ timeoutMs: 1000 });
    }
    await io.close();
  }
  expect(inventory()).toEqual(before);
});

test('closing twice, and using what is closed, is allowed', async () => {
  using place = makePlace();
  const before = inventory();
  const io = await openProcessIo({ ...none, stdin: place.fifo('in'), stdout: place.fifo('out') }, { sys });
  io.closeStdin();
  await Promise.all([io.close(), io.close()]);
  io.exited();
  io.closeStdin();
  io.resize({ rows: 1, columns: 1 });
  await io.started();
  await io.drain({ timeoutMs: 1000 });
  await io.close();
  expect(inventory()).toEqual(before);
});

test('closing twice, and using what is closed, is allowed with a terminal', async () => {
  using place = makePlace();
  const before = inventory();
  const endpoints = { stdin: place.fifo('in'), stdout: place.fifo('out'), terminal: true };
  const io = await openProcessIo({ ...none, ...endpoints }, { sys });
  await handOverTerminal(io.consoleSocket);
  await io.started();
  await Promise.all([io.close(), io.close()]);
  io.exited();
  io.closeStdin();
  io.resize({ rows: 1, columns: 1 });
  await io.drain({ timeoutMs: 1000 });
  await io.close();
  expect(inventory()).toEqual(before);
});

test('100 idle streams cost no CPU', async () => {
  using place = makePlace();
  const opened = [];
  for (let index = 0; index < 100; index++) {
    const stdout = place.path(`out${index}`);
    sys.mkfifo(stdout, 0o600);
    opened.push(await openProcessIo({ ...none, stdout, direct: index % 2 === 0 }, { sys }));
  }
  await sleep(100);
  const before = cpuTicks();
  await sleep(1000);
  // Ticks are 10 ms; the test's own machinery takes one or the other.
  expect(cpuTicks() - before).toBeLessThan(20);
  for (const io of opened) await io.close();
});

test('a console without any process on it costs no CPU', async () => {
  await using io = await openProcessIo({ ...none, terminal: true }, { sys });
  const slave = await handOverTerminal(io.consoleSocket);
  await io.started();
  sys.close(sys.open(slave, 0o2));
  await sleep(100);
  const before = cpuTicks();
  await sleep(1000);
  expect(cpuTicks() - before).toBeLessThan(20);
});
