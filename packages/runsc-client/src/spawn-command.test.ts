import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseFd } from './ids.ts';
import { spawnCommand } from './spawn-command.ts';

const sh = (script: string, more: Partial<Parameters<typeof spawnCommand>[0]> = {}) =>
  spawnCommand({ file: '/bin/sh', args: ['-c', script], maxCaptureBytes: 100_000, ...more });

test('the pid is known at once, and the command leads a group of its own', async () => {
  const command = sh('ps -o pgid= -p $$');
  const { stdout } = await command.result;
  expect(command.pid).toBeGreaterThan(1);
  expect(Number(stdout)).toBe(command.pid);
});

test('exited settles with the end of the process, result with the end of its output', async () => {
  const command = sh('sleep 0.3 & echo done');
  const order: string[] = [];
  const exited = command.exited.then(() => order.push('exited'));
  const result = await command.result;
  order.push('result');
  await exited;
  expect(order).toEqual(['exited', 'result']);
  expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
});

test('input comes on stdin; without it stdin is empty', async () => {
  expect((await sh('cat', { input: 'hello' }).result).stdout).toBe('hello');
  expect((await sh('cat').result).stdout).toBe('');
  expect(await sh('exit 0', { input: 'x'.repeat(1_000_000) }).result).toMatchObject({ exitCode: 0 });
});

test('descriptors are handed over as they are, also those from 3 on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spawn-test-'));
  const path = join(folder, 'file');
  await using file = await open(path, 'w+');
  const fd = parseFd(file.fd);
  const stdio = { stdin: null, stdout: fd, stderr: null };
  const result = await sh('echo one; echo two >&3; echo lost >&2', { stdio, extraFds: [fd] }).result;
  expect(result).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  expect((await file.stat()).isFile()).toBe(true);
  await rm(folder, { recursive: true });
});

test('the environment is the given one alone', async () => {
  const { stdout } = await spawnCommand({ file: '/usr/bin/env', args: [], env: { A: 'b' }, maxCaptureBytes: 1_000 })
    .result;
  expect(stdout).toBe('A=b\n');
});

test('an abort kills the children of the command too', async () => {
  const stop = new AbortController();
  const command = sh("trap '' TERM; sleep 1000 & echo $!; wait", {
    signal: stop.signal,
    onStdout: (chunk) => {
      child = Number(Buffer.from(chunk).toString());
      stop.abort();
    },
  });
  let child = 0;
  expect(await command.result).toMatchObject({ signal: 'SIGKILL', aborted: true, timedOut: false });
  expect(child).toBeGreaterThan(1);
  // A zombie waits for its parent, who ever that is now; it does not run.
  await vi.waitFor(async () => {
    const state = await readFile(`/proc/${child}/stat`, 'utf8').catch(() => 'gone');
    expect(state).toMatch(/^gone$|\) [ZX] /);
  });
});

test('a command that takes too long is killed', async () => {
  expect(await sh('sleep 1000', { timeoutMs: 20 }).result).toMatchObject({ signal: 'SIGKILL', timedOut: true });
});

test('an abort after the end changes nothing', async () => {
  const stop = new AbortController();
  const { result } = sh('exit 3', { signal: stop.signal });
  expect(await result).toMatchObject({ exitCode: 3, aborted: false });
  stop.abort();
  expect((await result).aborted).toBe(false);
});

test.each(['/no/such/file', '/etc/passwd'])('%s cannot be started', async (file) => {
  const command = spawnCommand({ file, args: [], maxCaptureBytes: 10 });
  expect(command.pid).toBeUndefined();
  const { spawnError, exitCode } = await command.result;
  expect(spawnError?.code).toMatch(/^(?:ENOENT|EACCES)$/);
  expect(exitCode).toBeUndefined();
});

test('arguments that the system cannot take are an error of the start', async () => {
  const { spawnError } = await sh(`: ${'x'.repeat(5_000_000)}`).result;
  expect(spawnError?.code).toBe('E2BIG');
  const nul = await sh('\0').result;
  expect(nul.spawnError).toBeInstanceOf(Error);
});

test('300 commands leave no descriptor, child, listener or timer', async () => {
  const stop = new AbortController();
  const run = () => sh('echo a; echo b >&2', { signal: stop.signal, timeoutMs: 60_000 }).result;
  await run();
  const before = { fds: descriptors(), resources: process.getActiveResourcesInfo().length };
  for (let round = 0; round < 30; round += 1) await Promise.all(Array.from({ length: 10 }, run));
  // A handle closes in the turn after its owner has let it go.
  await vi.waitFor(() => {
    expect(descriptors()).toBeLessThanOrEqual(before.fds);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.resources);
  });
  expect(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')).toBe('');
}, 60_000);

const descriptors = () => readdirSync('/proc/self/fd').length;
