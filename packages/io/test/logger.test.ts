import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type OpenProcessIoOptions, openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { expect, test } from 'vitest';
import { openDescriptors } from './support/counts.ts';
import { makePlace, type Place } from './support/place.ts';
import { run } from './support/process.ts';
import { startOnTerminal } from './support/runtime-stand-in.ts';

const sys = await openSys();
const none = { stdin: '', stdout: '', stderr: '', terminal: false, id: 'the-id', namespace: 'the-namespace' };
const open = (options: Partial<OpenProcessIoOptions>) => openProcessIo({ ...none, ...options }, { sys });

function logger(place: Place, text: string): string {
  const path = place.path('logger');
  writeFileSync(path, `#!/bin/sh\nPATH=/usr/bin:/bin\ncd ${place.folder}\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const copying = 'cat <&3 >out & cat <&4 >err & wait';

test.each([
  ['binary, saying so by a byte', 'binary', `printf r >&5; exec 5>&-; ${copying}`],
  ['binary, saying so by closing', 'binary', `exec 5>&-; ${copying}`],
  ['binary-v2, saying so by a byte', 'binary-v2', `printf r >&5; exec 5>&-; ${copying}`],
])('a logging program gets everything: %s', async (_, scheme, text) => {
  using place = makePlace();
  const uri = `${scheme}://${logger(place, `env > env; echo "$@" > args; ${text}`)}?a=1&b=&c=2&a=3`;
  await using io = await open({ stdout: uri, stderr: uri });
  await run(io, 'head -c 1000000 /dev/zero; echo bad >&2');
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
  expect(readFileSync(place.path('out'))).toHaveLength(1_000_000);
  expect(readFileSync(place.path('err'), 'utf8')).toBe('bad\n');
  expect(readFileSync(place.path('args'), 'utf8')).toBe('a 1 b c 2\n');
  const env = readFileSync(place.path('env'), 'utf8').trimEnd().split('\n');
  const given = env.filter((line) => !/^(PATH|PWD|OLDPWD|SHLVL|_)=/.test(line));
  expect(given.toSorted()).toEqual(['CONTAINER_ID=the-id', 'CONTAINER_NAMESPACE=the-namespace']);
});

test('a terminal is logged too', async () => {
  using place = makePlace();
  const stdout = `binary://${logger(place, `exec 5>&-; ${copying}`)}`;
  await using io = await open({ stdout, terminal: true });
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text: 'echo hello' });
  await io.started();
  await process.ended;
  io.exited();
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
  expect(readFileSync(place.path('out'), 'utf8')).toBe('hello\r\n');
});

test.each(['binary', 'binary-v2'])('a %s program that dies early is an error with its stderr', async (scheme) => {
  using place = makePlace();
  await open({}).then((io) => io.close());
  const before = openDescriptors();
  const stdout = `${scheme}://${logger(place, 'echo no disk >&2; exit 3')}`;
  await expect(open({ stdout })).rejects.toMatchObject({
    code: 'failed_precondition',
    message: expect.stringMatching(/status 3.*no disk/s),
  });
  expect(openDescriptors()).toBe(before);
});

test('a binary-v2 program that closes its descriptor without a byte is refused', async () => {
  using place = makePlace();
  const stdout = `binary-v2://${logger(place, `exec 5>&-; ${copying}`)}`;
  await expect(open({ stdout })).rejects.toMatchObject({ code: 'failed_precondition' });
});

test('a program that does not exist is not_found', async () => {
  await expect(open({ stdout: 'binary:///nonexistent' })).rejects.toMatchObject({ code: 'not_found' });
});

test('a program that never says anything is ended when the opening is canceled', async () => {
  using place = makePlace();
  const stdout = `binary://${logger(place, 'echo $$ > pid; exec sleep 1000')}`;
  const signal = AbortSignal.timeout(300);
  await expect(open({ stdout, signal })).rejects.toMatchObject({ code: 'canceled' });
  expect(existsSync(`/proc/${readFileSync(place.path('pid'), 'utf8').trim()}`)).toBe(false);
});

test('a program that dies later costs lines and not the process', async () => {
  using place = makePlace();
  const stdout = `binary://${logger(place, 'exec 5>&-; head -n 1 <&3 >out')}`;
  await using io = await open({ stdout });
  expect(await run(io, 'echo one; sleep 0.2; head -c 1000000 /dev/zero; echo done')).toBe(0);
  expect(await io.drain({ timeoutMs: 5_000 })).toMatchObject({ complete: true });
});

test('a terminal survives its logging program too', async () => {
  using place = makePlace();
  const stdout = `binary://${logger(place, 'exec 5>&-; head -n 1 <&3 >out')}`;
  await using io = await open({ stdout, terminal: true });
  const text = 'echo one; sleep 0.2; head -c 100000 /dev/zero; echo done';
  const process = await startOnTerminal(sys, { consoleSocket: io.consoleSocket ?? '', text });
  await io.started();
  expect(await process.ended).toBe(0);
  io.exited();
  const report = await io.drain({ timeoutMs: 5_000 });
  expect(report).toMatchObject({ complete: true });
  expect(report.bytes.stdout).toBeLessThan(100_000);
});

test('closing ends a program that goes on', async () => {
  using place = makePlace();
  const text = 'exec 5>&-; trap "echo told > told; exit 0" TERM; echo $$ > pid; while :; do sleep 0.05; done';
  const io = await open({ stdout: `binary://${logger(place, text)}` });
  await run(io, 'true');
  expect(await io.drain({ timeoutMs: 100 })).toMatchObject({ complete: false });
  await io.close();
  expect(existsSync(`/proc/${readFileSync(place.path('pid'), 'utf8').trim()}`)).toBe(false);
  expect(readFileSync(place.path('told'), 'utf8')).toBe('told\n');
});
