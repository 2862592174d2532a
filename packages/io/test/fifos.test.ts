import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenProcessIoOptions, openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { describe, expect, test } from 'vitest';
import { openDescriptors } from './support/counts.ts';
import { makePlace } from './support/place.ts';
import { begin, run, script } from './support/process.ts';
import { listen } from './support/reader.ts';

const sys = await openSys();
const none = { stdin: '', stdout: '', stderr: '', terminal: false, id: 'a', namespace: 'default' };
const open = (options: Partial<OpenProcessIoOptions>) => openProcessIo({ ...none, ...options }, { sys });

describe.each([{ direct: false }, { direct: true }])('with direct: $direct', ({ direct }) => {
  test('output of 64 MiB arrives whole, and the reader sees the end', async () => {
    using place = makePlace();
    const stdout = place.fifo('out');
    await using io = await open({ stdout, direct });
    const heard = listen(stdout);
    expect(await run(io, `head -c 67108864 /dev/urandom | tee ${place.path('copy')}`)).toBe(0);
    expect(await io.drain({ timeoutMs: 10_000 })).toMatchObject({ complete: true, open: [] });
    const sha256 = createHash('sha256')
      .update(readFileSync(place.path('copy')))
      .digest('hex');
    expect(await heard).toMatchObject({ bytes: 67_108_864, sha256 });
  });

  test('a reader that goes away and comes back loses nothing and stops nobody', async () => {
    using place = makePlace();
    const stdout = place.fifo('out');
    await using io = await open({ stdout, direct });
    const first = await script(`head -n 1 < ${stdout} > ${place.path('first')}`);
    const process = await begin(io, 'echo one; sleep 0.3; echo two; sleep 0.1; echo three');
    await first.ended;
    expect(await process.ended).toBe(0);
    io.exited();
    expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
    expect(readFileSync(place.path('first'), 'utf8')).toBe('one\n');
    expect((await listen(stdout)).text).toBe('two\nthree\n');
  });

  test('the first reader may come after the process has ended', async () => {
    using place = makePlace();
    const stdout = place.fifo('out');
    await using io = await open({ stdout, direct });
    expect(await run(io, 'echo early')).toBe(0);
    expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
    expect((await listen(stdout)).text).toBe('early\n');
  });

  test('a client that detaches does not end the input, closing it does', async () => {
    using place = makePlace();
    const stdin = place.fifo('in');
    const stdout = place.fifo('out');
    await using io = await open({ stdin, stdout, direct });
    const heard = listen(stdout);
    const process = await begin(io, 'cat');
    for (const word of ['one', 'two']) await (await script(`echo ${word} > ${stdin}`)).ended;
    await sleep(100);
    expect(process.child.exitCode).toBe(null);
    io.closeStdin();
    io.closeStdin();
    expect(await process.ended).toBe(0);
    expect((await heard).text).toBe('one\ntwo\n');
  });

  test('closing the input before the process has started is remembered, and input that came before arrives', async () => {
    using place = makePlace();
    const stdin = place.fifo('in');
    const stdout = place.fifo('out');
    await using io = await open({ stdin, stdout, direct });
    const heard = listen(stdout);
    await (await script(`echo early > ${stdin}`)).ended;
    io.closeStdin();
    expect(await run(io, 'cat; echo end')).toBe(0);
    expect((await heard).text).toBe('early\nend\n');
  });

  test('a child in the background that keeps stdout open is in the report, and closing waits for nobody', async () => {
    using place = makePlace();
    const stdout = place.fifo('out');
    const io = await open({ stdout, direct });
    const background = await begin(io, `sleep 1000 & echo $! > ${place.path('pid')}`);
    await background.ended;
    io.exited();
    expect(await io.drain({ timeoutMs: 50 })).toMatchObject({ complete: false, open: ['stdout'] });
    await io.close();
    process.kill(Number(readFileSync(place.path('pid'), 'utf8')));
  });

  test('/dev/stdout can be opened again by the process', async () => {
    using place = makePlace();
    const stdout = place.fifo('out');
    await using io = await open({ stdout, direct });
    const heard = listen(stdout);
    expect(await run(io, 'echo one > /dev/stdout; echo two >> /proc/self/fd/1')).toBe(0);
    expect((await heard).text).toBe('one\ntwo\n');
  });
});

test('a process that reads nothing more does not stop its client', async () => {
  using place = makePlace();
  const stdin = place.fifo('in');
  await using io = await open({ stdin });
  expect(await run(io, 'exec true')).toBe(0);
  const client = await script(`head -c 1000000 /dev/zero > ${stdin}; echo $?`);
  // Nobody reads the fifo any more, so the client is told by EPIPE, or waits in open until it is ended.
  client.child.kill();
  await client.ended;
  expect(await io.drain({ timeoutMs: 1000 })).toMatchObject({ complete: true });
});

test('stdout and stderr of one file are appended to it in whole lines', async () => {
  using place = makePlace();
  const log = place.path('log');
  writeFileSync(log, 'before\n');
  await using io = await open({ stdout: log, stderr: log });
  await run(io, 'for i in $(seq 1000); do echo out $i; echo err $i >&2; done');
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true, lostBytes: 0 });
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  expect(lines[0]).toBe('before');
  expect(lines.filter((line) => line.startsWith('out'))).toHaveLength(1000);
  expect(lines.filter((line) => line.startsWith('err'))).toHaveLength(1000);
});

test('file:// makes the file and its folders', async () => {
  using place = makePlace();
  const uri = `file://${place.path('a folder/b/log').replaceAll(' ', '%20')}`;
  await using io = await open({ stdout: uri, stderr: uri });
  await run(io, 'echo out; echo err >&2');
  await io.drain({ timeoutMs: 5_000 });
  expect(readFileSync(place.path('a folder/b/log'), 'utf8').split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

test('a full disk costs bytes, which are counted, and not the process', async () => {
  using place = makePlace();
  const mounted = place.path('small');
  execFileSync('mkdir', [mounted]);
  await sys.mount({ type: 'tmpfs', source: 'tmpfs', target: mounted, options: ['size=64k'] });
  try {
    await using io = await open({ stdout: `file://${mounted}/log` });
    expect(await run(io, 'head -c 1000000 /dev/zero')).toBe(0);
    const report = await io.drain({ timeoutMs: 5_000 });
    expect(report).toMatchObject({ complete: true });
    expect(report.bytes.stdout + (report.lostBytes ?? 0)).toBe(1_000_000);
    expect(report.bytes.stdout).toBe(65_536);
  } finally {
    await sys.unmount(mounted);
  }
});

test('a device takes output as a file does', async () => {
  await using io = await open({ stdout: '/dev/null' });
  await run(io, 'head -c 1000000 /dev/zero');
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true, bytes: { stdout: 1_000_000 } });
});

test('without endpoints the process gets /dev/null', async () => {
  await using io = await open({});
  expect(io.stdio).toEqual({ stdin: null, stdout: null, stderr: null });
  expect(await io.drain({ timeoutMs: 0 })).toMatchObject({ complete: true, open: [] });
});

test.each([
  ['a path that leads nowhere', { stdout: '/nonexistent/fifo' }, 'not_found'],
  ['a folder', { stdout: '/tmp' }, 'invalid_argument'],
  ['a stdin that is no fifo', { stdin: '/etc/hostname' }, 'invalid_argument'],
  ['an unknown scheme', { stdout: 'npipe:////x' }, 'invalid_argument'],
])('%s is refused and leaves nothing open', async (_, options, code) => {
  const before = openDescriptors();
  await expect(open({ stderr: '', ...options })).rejects.toMatchObject({ code });
  expect(openDescriptors()).toBe(before);
});

test('what was opened before the refusal is closed', async () => {
  using place = makePlace();
  const stdin = place.fifo('in');
  const stdout = place.fifo('out');
  await open({}).then((io) => io.close());
  const before = openDescriptors();
  await expect(open({ stdin, stdout, stderr: '/nonexistent' })).rejects.toMatchObject({ code: 'not_found' });
  expect(openDescriptors()).toBe(before);
});

test('a fifo that is replaced after the opening is not followed', async () => {
  using place = makePlace();
  const stdout = place.fifo('out');
  await using io = await open({ stdout });
  const heard = listen(stdout);
  const process = await begin(io, 'read line; echo written');
  await once(process.child, 'exit');
  execFileSync('sh', ['-c', `rm ${stdout} && echo untouched > ${stdout}`]);
  io.exited();
  await io.drain({ timeoutMs: 5_000 });
  expect((await heard).text).toBe('written\n');
  expect(readFileSync(stdout, 'utf8')).toBe('untouched\n');
});
