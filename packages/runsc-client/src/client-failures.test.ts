import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RuntimeCommandError } from './command-error.ts';
import { SandshimError } from './errors.ts';
import { parseContainerId } from './ids.ts';
import { Runc } from './runc.ts';
import { Runsc } from './runsc.ts';
import { FakeRuntime } from './testing/index.ts';

const id = parseContainerId('c1');
let fake: FakeRuntime;
let runsc: Runsc;

beforeEach(async () => {
  fake = await FakeRuntime.make('runsc');
  runsc = new Runsc({ command: fake.command });
});
afterEach(() => fake[Symbol.asyncDispose]());

const failureOf = async (call: Promise<unknown>): Promise<RuntimeCommandError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (RuntimeCommandError.is(error)) return error;
  throw new Error(`no failure of a command: ${String(error)}`);
};

describe('a failure', () => {
  test('carries the command line, the status, the end of stderr and what the runtime said', async () => {
    await fake.on('state', [{ do: 'fail', message: 'it is "odd"' }]);
    const error = await failureOf(runsc.state(id));
    expect(error).toMatchObject({
      code: 'unknown',
      exitCode: 128,
      stderr: 'it is "odd"\n',
      runtimeMessage: 'it is "odd"',
    });
    expect(error.argv).toEqual([fake.command, 'state', 'c1']);
    expect(error.message).toBe('runsc state failed: it is "odd"');
    expect(error).not.toHaveProperty('signal');
    expect(SandshimError.is(error)).toBe(true);
  });

  test('has the last error that this command logged, not an older one', async () => {
    const log = join(fake.folder, 'log.json');
    await writeFile(log, '{"msg":"stale","level":"error"}');
    const runtime = new Runsc({ command: fake.command, log });
    await fake.on('start', [
      { do: 'log', message: 'first' },
      { do: 'log', message: 'last' },
      { do: 'exit', code: 128 },
    ]);
    expect((await failureOf(runtime.start(id))).runtimeMessage).toBe('last');
    await fake.on('start', [{ do: 'exit', code: 128 }]);
    const silent = await failureOf(runtime.start(id));
    expect(silent).not.toHaveProperty('runtimeMessage');
    expect(silent.message).toBe('runsc start failed: exit status 128, without a message');
  });

  test('has its own error of a log that others write into', async () => {
    const log = join(fake.folder, 'log.json');
    const runtime = new Runsc({ command: fake.command, log });
    await fake.on('pause', [
      { do: 'log', message: 'mine' },
      { do: 'log', message: "somebody else's" },
      { do: 'print', to: 'stderr', text: 'mine\n' },
      { do: 'exit', code: 128 },
    ]);
    expect((await failureOf(runtime.pause(id))).runtimeMessage).toBe('mine');
  });

  test('of a create without captured output is still told', async () => {
    await fake.on('create', [{ do: 'fail', message: 'reading spec: no' }]);
    const error = await failureOf(runsc.create(id, { bundle: fake.folder }));
    expect(error).toMatchObject({ code: 'invalid_argument', runtimeMessage: 'reading spec: no', stderr: '' });
  });

  test('by a signal has the signal', async () => {
    await fake.on('pause', [
      { do: 'print', to: 'stderr', text: 'going\n' },
      { do: 'die', signal: 'SEGV' },
    ]);
    const error = await failureOf(runsc.pause(id));
    expect(error).toMatchObject({ signal: 'SIGSEGV', message: 'runsc pause failed: killed by SIGSEGV: going' });
    expect(error).not.toHaveProperty('exitCode');
  });

  test.each([
    ['/no/such/runtime', 'cannot find /no/such/runtime'],
    ['/etc/passwd', '/etc/passwd is not executable'],
  ])('to start %s is unavailable', async (command, detail) => {
    const error = await failureOf(new Runc({ command }).state(id));
    expect(error).toMatchObject({ code: 'unavailable', message: `runc state failed: ${detail}` });
  });

  test('to understand the output says where it is wrong', async () => {
    await fake.on(
      'state',
      [
        { do: 'print', text: '{"id":"c1","status":"running"}' },
        { do: 'exit', code: 0 },
      ],
      { once: true },
    );
    await expect(runsc.state(id)).rejects.toThrow('state.bundle: expected a string, got nothing');
    await fake.on('state', [
      { do: 'print', text: 'warning' },
      { do: 'exit', code: 0 },
    ]);
    await expect(runsc.state(id)).rejects.toThrow('runsc state: expected JSON, got "warning"');
  });

  test('of an attached process goes into the log of the client too', async () => {
    const log = join(fake.folder, 'log.json');
    await fake.on('exec', [{ do: 'fail', message: 'no exec' }]);
    const call = new Runsc({ command: fake.command, log }).exec(id, { process: { args: ['true'], cwd: '/' } });
    expect((await failureOf(call)).runtimeMessage).toBe('no exec');
    expect(await readFile(log, 'utf8')).toContain('"no exec"');
  });
});

describe('output', () => {
  test('of warnings on stderr does not break the answer on stdout', async () => {
    await fake.on('list', [{ do: 'flood', bytes: 2_000_000 }]);
    expect(await runsc.list()).toEqual([]);
  });

  test('beyond the limit is read and dropped, so that the command ends', async () => {
    const runtime = new Runsc({ command: fake.command, maxCaptureBytes: 1_000 });
    await fake.on('list', [
      { do: 'flood', to: 'stdout', bytes: 3_000_000 },
      { do: 'exit', code: 0 },
    ]);
    await expect(runtime.list()).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  test('of a failure that floods is kept from its end', async () => {
    await fake.on('state', [
      { do: 'flood', bytes: 3_000_000 },
      { do: 'fail', message: 'the end' },
    ]);
    const error = await failureOf(runsc.state(id));
    expect(error.stderr.length).toBeLessThanOrEqual(64 * 1_024);
    expect(error.stderr.endsWith('the end\n')).toBe(true);
  });

  test('that a child of the command keeps open does not hold the call', async () => {
    await fake.on('state', [
      { do: 'leave-child', ms: 60_000 },
      { do: 'fail', message: 'ended' },
    ]);
    expect((await failureOf(runsc.state(id))).runtimeMessage).toBe('ended');
  });
});

describe('a call that must end', () => {
  test('is killed with all its children when the signal aborts, and says why', async () => {
    await fake.on('state', [
      { do: 'leave-child', ms: 60_000 },
      { do: 'hang', stubborn: true },
    ]);
    const stop = new AbortController();
    const call = runsc.state(id, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    const error = await failureOf(call);
    expect(error).toMatchObject({ code: 'canceled', cause: new Error('enough') });
  });

  test('is killed when its time is up: its own limit, or else its client’s', async () => {
    await fake.on('state', [{ do: 'hang', stubborn: true }]);
    expect(await failureOf(runsc.state(id, { timeoutMs: 30 }))).toMatchObject({ code: 'deadline_exceeded' });
    const hasty = new Runsc({ command: fake.command, timeoutMs: 30 });
    expect(await failureOf(hasty.state(id))).toMatchObject({ code: 'deadline_exceeded' });
  });

  test('does not start when the signal has aborted before', async () => {
    const call = runsc.state(id, { signal: AbortSignal.abort() });
    expect(await failureOf(call)).toMatchObject({ code: 'canceled' });
    expect(await fake.calls()).toEqual([]);
  });

  test('leaves no file behind', async () => {
    const temporary = join(fake.folder, 'temporary');
    await mkdir(temporary);
    vi.stubEnv('TMPDIR', temporary);
    await fake.on('exec', [{ do: 'hang' }]);
    const calls = [{ timeoutMs: 50 }, { timeoutMs: 50, detach: true }, { signal: AbortSignal.abort() }];
    const ends = calls.map((call) => failureOf(runsc.exec(id, { process: { args: ['true'], cwd: '/' }, ...call })));
    await Promise.all(ends);
    vi.unstubAllEnvs();
    expect(await readdir(temporary)).toEqual([]);
  });
});
