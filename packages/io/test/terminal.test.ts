import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenProcessIoOptions, openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { expect, test } from 'vitest';
import { openDescriptors } from './support/counts.ts';
import { makePlace } from './support/place.ts';
import { script } from './support/process.ts';
import { listen } from './support/reader.ts';
import { startOnTerminal } from './support/runtime-stand-in.ts';

const sys = await openSys();
const none = { stdin: '', stdout: '', stderr: '', terminal: true, id: 'a', namespace: 'default' };
const open = (options: Partial<OpenProcessIoOptions>) => openProcessIo({ ...none, ...options }, { sys });

test('10 MiB through a terminal are not cut off', async () => {
  using place = makePlace();
  const stdout = place.fifo('out');
  await using io = await open({ stdout });
  const heard = listen(stdout);
  const text = `stty -opost; head -c 10485760 /dev/urandom | tee ${place.path('copy')}`;
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text });
  await io.started();
  expect(await process.ended).toBe(0);
  io.exited();
  expect(await io.drain({ timeoutMs: 10_000 })).toMatchObject({ complete: true, bytes: { stdout: 10_485_760 } });
  const sha256 = createHash('sha256')
    .update(readFileSync(place.path('copy')))
    .digest('hex');
  expect(await heard).toMatchObject({ bytes: 10_485_760, sha256 });
});

test('what is typed arrives, and sizes do, also those from before the start', async () => {
  using place = makePlace();
  const stdin = place.fifo('in');
  const stdout = place.fifo('out');
  await using io = await open({ stdin, stdout });
  const heard = listen(stdout);
  io.resize({ rows: 11, columns: 22 });
  const text = 'stty -echo; read go; stty size; read line; stty size; echo "got $line"';
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text });
  await io.started();
  await (await script(`echo go > ${stdin}`)).ended;
  await sleep(200);
  io.resize({ rows: 33, columns: 44 });
  await (await script(`echo typed > ${stdin}`)).ended;
  expect(await process.ended).toBe(0);
  io.exited();
  await io.drain({ timeoutMs: 5_000 });
  expect((await heard).text).toMatch(/11 22\r\n(.*\r\n)?33 44\r\ngot typed\r\n$/s);
});

test('a moment without any process on the terminal is not the end', async () => {
  using place = makePlace();
  const stdout = place.fifo('out');
  await using io = await open({ stdout });
  const heard = listen(stdout);
  const terminal = sys.openTerminal();
  const socket = sys.connectUnix(io.consoleSocket ?? '');
  sys.sendDescriptors(socket, Buffer.from('pty'), [terminal.master]);
  sys.close(socket);
  sys.close(terminal.master);
  await io.started();
  for (const word of ['one', 'two', 'three']) {
    await (await script(`echo ${word} > ${terminal.path}`)).ended;
    await sleep(20);
  }
  io.exited();
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
  expect((await heard).text).toBe('one\r\ntwo\r\nthree\r\n');
});

test('a slave that stays open in the background does not hold up the end', async () => {
  using place = makePlace();
  const stdout = place.fifo('out');
  await using io = await open({ stdout });
  const heard = listen(stdout);
  const text = `echo before; sleep 1000 & echo $! > ${place.path('pid')}; exit 3`;
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text });
  await io.started();
  expect(await process.ended).toBe(3);
  io.exited();
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
  expect((await heard).text).toBe('before\r\n');
  globalThis.process.kill(Number(readFileSync(place.path('pid'), 'utf8')));
});

test('a terminal that nobody listens to does not stop its process', async () => {
  await using io = await open({});
  const text = 'head -c 1000000 /dev/zero';
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text });
  await io.started();
  expect(await process.ended).toBe(0);
});

test('the console socket is in a folder of its own, which goes when the console has come', async () => {
  await using io = await open({});
  const folder = dirname(io.consoleSocket ?? '');
  expect(existsSync(folder)).toBe(true);
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text: 'true' });
  await io.started();
  expect(existsSync(folder)).toBe(false);
  await process.ended;
});

test('waiting for a console that never comes can be canceled, and leaves nothing', async () => {
  await open({}).then((io) => io.close());
  const before = openDescriptors();
  const io = await open({});
  const folder = dirname(io.consoleSocket ?? '');
  await expect(io.started({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'canceled' });
  await io.close();
  expect(existsSync(folder)).toBe(false);
  expect(openDescriptors()).toBe(before);
});

test('closing while the console is waited for ends the waiting', async () => {
  const io = await open({});
  const started = io.started();
  started.catch(() => undefined);
  await sleep(10);
  await io.close();
  await expect(started).rejects.toMatchObject({ code: 'canceled' });
});

test.each([
  ['no descriptor', 0],
  ['two descriptors', 2],
])('a runtime that sends %s is refused, and nothing stays open', async (_, count) => {
  await open({}).then((io) => io.close());
  const before = openDescriptors();
  const io = await open({});
  const terminal = sys.openTerminal();
  const socket = sys.connectUnix(io.consoleSocket ?? '');
  sys.sendDescriptors(
    socket,
    Buffer.from('pty'),
    Array.from({ length: count }, () => terminal.master),
  );
  sys.close(socket);
  sys.close(terminal.master);
  await expect(io.started()).rejects.toMatchObject({ code: 'internal' });
  await io.close();
  expect(openDescriptors()).toBe(before);
});
