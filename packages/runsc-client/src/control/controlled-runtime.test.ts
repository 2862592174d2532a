import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandshimError } from '../errors.ts';
import { parseContainerId } from '../ids.ts';
import type { Runtime } from '../runtime.ts';
import type { Spawner } from '../spawner.ts';
import { type FakeControlReply, type FakeControlRequest, FakeControlServer } from '../testing/fake-control-server.ts';
import { ControlledRuntime, type ControlledRuntimeOptions } from './controlled-runtime.ts';

const id = parseContainerId('c');
const alive: FakeControlReply = { result: 2 };

/** A command line that records what it was asked and gives answers that no socket gives. */
class CommandLine implements Partial<Runtime> {
  readonly name: Runtime['name'] = 'runsc';
  readonly calls: string[] = [];
  readonly #call = async <T>(name: string, answer: T): Promise<T> => {
    this.calls.push(name);
    return answer;
  };
  ps = () => this.#call('ps', [99]);
  kill = () => this.#call('kill', undefined);
  wait = () => this.#call('wait', { exitStatus: 99 });
  exec = () => this.#call('exec', { exitStatus: 99, stdout: '', stderr: '' });
  delete = () => this.#call('delete', undefined);
  state = async () => {
    this.calls.push('state');
    throw new SandshimError('not_found', 'by the command line');
  };
}

describe('ControlledRuntime', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'controlled-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const version =
    (name: string): Spawner =>
    () => {
      const result = { stdout: `runsc version ${name}\nspec: 1.2.0\n`, stderr: '', exitCode: 0 };
      return { result: Promise.resolve({ ...result, timedOut: false, aborted: false }) } as ReturnType<Spawner>;
    };

  /** A sandbox of this very process: the socket behind it answers by `reply`. */
  async function sandbox(
    reply: (request: FakeControlRequest) => FakeControlReply,
    { options = {}, record = {} }: { readonly options?: ControlledRuntimeOptions; readonly record?: object } = {},
  ) {
    const server = await FakeControlServer.start(reply);
    const line = new CommandLine();
    const reasons: string[] = [];
    const state = {
      ...{ id, status: 'running', bundleDir: '/b', spec: { process: { cwd: '/', env: [] } } },
      sandbox: { id, pid: process.pid, uid: 0, gid: 0, controlSocketPath: server.path },
      ...record,
    };
    await writeFile(join(root, `${id}_sandbox:${id}.state`), JSON.stringify(state));
    // What the tests do not call is not there.
    const runtime = new ControlledRuntime(line as unknown as Runtime, {
      globals: { root },
      spawner: version('0.0~20240729.0'),
      onCommand: ({ reason }) => reasons.push(reason),
      ...options,
    });
    return { server, line, runtime, reasons, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  const methods = (server: FakeControlServer) => server.requests.map(({ method }) => method.split('.')[1]);

  it('asks the socket and leaves the command line alone', async () => {
    await using box = await sandbox(({ method }) =>
      method.endsWith('Processes') ? { result: [{ uid: 0, pid: 3, ppid: 0, threads: [], cmd: 'x' }] } : alive,
    );
    await expect(box.runtime.ps(id)).resolves.toEqual([3]);
    await expect(box.runtime.state(id)).resolves.toEqual({
      ...{ ociVersion: '1.2.0', id: 'c', status: 'running', pid: process.pid, bundle: '/b', annotations: {} },
    });
    await box.runtime.kill(id, 15);
    expect(box.line.calls).toEqual([]);
    expect(box.reasons).toEqual([]);
    await box.server.untilIdle();
  });

  it('hands what has no socket form to the command line', async () => {
    await using box = await sandbox(() => alive);
    await box.runtime.delete(id);
    expect(box.line.calls).toEqual(['delete']);
    expect(box.server.accepted).toBe(0);
  });

  it.each<[string, ControlledRuntimeOptions, object, RegExp]>([
    ['switched off', { control: 'off' }, {}, /switched off/],
    ['of an unproven version', { spawner: version('0.0~20990101.0') }, {}, /proven/],
    ['of no version', { spawner: version('') }, {}, /version/],
    ['not recorded', {}, { sandbox: { id, pid: process.pid, uid: 0, gid: 0 } }, /control socket/],
    ['of a process that is gone', {}, { sandbox: { id, pid: 4_194_304, uid: 0, gid: 0 } }, /ENOENT/],
    ['without a sandbox', {}, { sandbox: null }, /no running sandbox/],
    ['of a broken record', {}, { status: 'odd' }, /status/],
  ])('uses the command line for a socket that is %s', async (_name, options, record, reason) => {
    await using box = await sandbox(() => alive, { options, record });
    await expect(box.runtime.ps(id)).resolves.toEqual([99]);
    const availability = await box.runtime.availability(id);
    expect(availability).toEqual({ kind: 'unavailable', reason: expect.stringMatching(reason) });
    expect(box.server.accepted).toBe(0);
  });

  it('uses the command line for a container without a record', async () => {
    await using box = await sandbox(() => alive);
    await expect(box.runtime.ps(parseContainerId('other'))).resolves.toEqual([99]);
  });

  it('uses the command line where nobody listens', async () => {
    await using box = await sandbox(() => alive);
    await box.server[Symbol.asyncDispose]();
    await box.runtime.kill(id, 9);
    expect(box.line.calls).toEqual(['kill']);
  });

  it('lets the command line say in its own words what the sandbox refuses', async () => {
    await using box = await sandbox(() => ({ refuse: 'no such process' }));
    await box.runtime.kill(id, 9);
    await expect(box.runtime.state(id)).rejects.toMatchObject({ message: 'by the command line' });
    expect(box.line.calls).toEqual(['kill', 'state']);
    expect(box.reasons).toContain('no such process');
  });

  it('never signals a second time what it may have signalled', async () => {
    await using box = await sandbox(() => ({ closeAfter: '' }));
    await expect(box.runtime.kill(id, 9)).rejects.toMatchObject({ code: 'unavailable', outcome: 'unknown' });
    await expect(box.runtime.wait(id, { pid: 5 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(box.line.calls).toEqual([]);
  });

  it('asks again by command what only asks', async () => {
    await using box = await sandbox(() => ({ closeAfter: '{' }));
    await expect(box.runtime.ps(id)).resolves.toEqual([99]);
    await expect(box.runtime.wait(id)).resolves.toEqual({ exitStatus: 99 });
  });

  it("does not outlast the caller's bounds by a command", async () => {
    await using box = await sandbox(() => ({ silent: true }));
    await expect(box.runtime.ps(id, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const signal = AbortSignal.abort();
    await expect(box.runtime.ps(id, { signal })).rejects.toMatchObject({ code: 'canceled' });
    expect(box.line.calls).toEqual([]);
  });

  it.each<[string, number, object, object]>([
    ['signal 0', 0, {}, {}],
    ['a real-time signal', 37, {}, {}],
    ['one process and all', 9, { all: true, pid: 3 }, {}],
    ['pid 0', 9, { pid: 0 }, {}],
    ['a created container', 9, {}, { status: 'created' }],
    ['a paused container', 9, {}, { status: 'paused' }],
  ])('leaves %s to the command line to refuse', async (_name, signal, options, record) => {
    await using box = await sandbox(() => alive, { record });
    await box.runtime.kill(id, signal, options);
    expect(box.line.calls).toEqual(['kill']);
    expect(methods(box.server)).not.toContain('Signal');
  });

  it('signals one process of a container only while its init lives, as the command line does', async () => {
    await using box = await sandbox(({ method }) => (method.endsWith('State') ? { result: 3 } : { result: {} }));
    await box.runtime.kill(id, 9, { pid: 4 });
    expect(box.line.calls).toEqual(['kill']);
    expect(methods(box.server)).toEqual(['ContainerRuntimeState']);
  });

  it('calls a container stopped that the sandbox calls so, and gives it no pid', async () => {
    await using box = await sandbox(() => ({ result: 3 }));
    const state = await box.runtime.state(id);
    expect(state).toMatchObject({ status: 'stopped' });
    expect(state.pid).toBeUndefined();
  });

  it.each<[string, ControlledRuntimeOptions, object]>([
    ['without a sender', {}, {}],
    ['into a paused container', {}, { status: 'paused' }],
    ['with options that it cannot read', { globals: { root: '', extraGlobals: ['--net-raw'] } }, {}],
  ])('starts no exec %s', async (_name, given, record) => {
    const globals = given.globals === undefined ? { root } : { ...given.globals, root };
    await using box = await sandbox(() => alive, { options: { ...given, globals }, record });
    const stdio = { stdin: null, stdout: null, stderr: null };
    const exec = { process: { args: ['true'], cwd: '/' }, stdio };
    await expect(box.runtime.startExec(id, exec)).resolves.toBeUndefined();
    await expect(box.runtime.exec(id, exec)).resolves.toMatchObject({ exitStatus: 99 });
    expect(methods(box.server)).toEqual([]);
  });

  it('asks a sandbox binary for its version once', async () => {
    let asked = 0;
    const spawner: Spawner = (request) => {
      asked += 1;
      return version('0.0~20240729.0')(request);
    };
    await using box = await sandbox(() => ({ result: [] }), { options: { spawner } });
    await Promise.all([box.runtime.ps(id), box.runtime.ps(id)]);
    await box.runtime.ps(id);
    expect(asked).toBe(1);
  });
});
