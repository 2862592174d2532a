import type { Container, ContainerEvent, ContainerProcess, ProcessSnapshot } from '@sandshim/proc';
import { parseContainerId, parseExecId, parsePid, SandshimError } from '@sandshim/runsc-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { packJson, unpackAny } from '../api/any.ts';
import { TaskCreate, TaskExit } from '../api/gen/containerd/events/task.ts';
import { CheckpointOptions, ProcessDetails } from '../api/gen/containerd/runc/v1/options.ts';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import { Metrics as MetricsV2 } from '../api/gen/io/containerd/cgroups/v2/metrics.ts';
import { goZeroTime } from '../api/timestamp.ts';
import { createTaskService, type TaskService } from './task-service.ts';

const pid = parsePid(77);
const exit = { status: 7, exitedAt: new Date(1_700_000_000_000) };
const created: ProcessSnapshot = { status: 'created', pid, stdin: 'i', stdout: 'o', stderr: 'e', terminal: false };

let service: TaskService;
let published: { topic: string; event: Any }[];
let calls: string[];
let making: PromiseWithResolvers<void> | undefined;
let emit: (event: ContainerEvent) => void;

function fakeProcess(name: string, snapshot = created): ContainerProcess {
  const note = (verb: string) => void calls.push(`${name} ${verb}`);
  const noted = <T>(verb: string, value: T): T => {
    note(verb);
    return value;
  };
  return {
    snapshot,
    start: async () => noted('start', pid),
    kill: async (signal, options) => note(`kill ${signal} ${options?.all}`),
    delete: async () => noted('delete', { ...exit, pid }),
    wait: async () => exit,
    resize: async ({ rows, columns }) => note(`resize ${rows}×${columns}`),
    closeStdin: async () => note('close'),
  };
}

function fakeContainer(id: string): Container {
  const execs = new Map<string, ContainerProcess>();
  return {
    id: parseContainerId(id),
    bundle: '/b',
    sandboxRoot: true,
    init: fakeProcess('init'),
    get execIds() {
      return [...execs.keys()].map(parseExecId);
    },
    addExec: (exec, request) => {
      if (execs.has(exec)) throw new SandshimError('already_exists', `id ${exec}`);
      calls.push(`exec ${JSON.stringify(request)}`);
      const process = fakeProcess(exec);
      execs.set(exec, process);
      return process;
    },
    exec: (exec) => execs.get(exec) ?? fakeProcess('nobody'),
    pids: async () => [{ pid: 77 }, { pid: 78, exec: parseExecId('e1') }],
    pause: async () => void calls.push('pause'),
    resume: async () => void calls.push('resume'),
    update: async (resources) => void calls.push(`update ${JSON.stringify(resources)}`),
    checkpoint: async (request) => void calls.push(`checkpoint ${JSON.stringify(request)}`),
    stats: async () => ({ version: 2, metrics: { pids: { current: 3n, limit: 0n } } }),
  };
}

beforeEach(() => {
  published = [];
  calls = [];
  making = undefined;
  service = createTaskService({
    createContainer: async (request, onEvent) => {
      emit = onEvent;
      await making?.promise;
      onEvent({ type: 'create', container: request.id, pid });
      return fakeContainer(request.id);
    },
    publish: (topic, event) => published.push({ topic, event }),
    onShutdown: () => calls.push('shutdown'),
    onEmpty: () => calls.push('empty'),
    shimPid: 4242,
  });
});

/** Calls an rpc by its name on the wire, as a transport does. */
async function rpc(name: string, request: object, signal = new AbortController().signal): Promise<unknown> {
  const [v2] = service.services;
  return v2?.methods.get(name)?.handle({ id: 'c1', execId: '', ...request }, { signal, metadata: new Map() });
}

const createRequest = {
  bundle: '/b',
  rootfs: [{ type: 'overlay', source: 's', target: '', options: ['ro'] }],
  terminal: false,
  stdin: '',
  stdout: 'o',
  stderr: '',
  checkpoint: '',
  parentCheckpoint: '',
  options: undefined,
};
const create = (id = 'c1'): Promise<unknown> => rpc('Create', { ...createRequest, id });

describe('the Task service', () => {
  it('serves the same rpcs in version 2 and 3', () => {
    expect(service.services.map(({ fullName, methods }) => [fullName, methods.size])).toEqual([
      ['containerd.task.v2.Task', 17],
      ['containerd.task.v3.Task', 17],
    ]);
  });

  it('answers Create with the pid, after the event with what was asked for', async () => {
    expect(await create()).toEqual({ pid: 77 });
    expect(published.map(({ topic }) => topic)).toEqual(['/tasks/create']);
    expect(unpackAny(TaskCreate, published[0]?.event ?? packJson('', 0))).toMatchObject({
      containerId: 'c1',
      bundle: '/b',
      rootfs: createRequest.rootfs,
      io: { stdout: 'o' },
      pid: 77,
    });
  });

  it('refuses a second container of one id, also while the first is being made', async () => {
    making = Promise.withResolvers();
    const first = create();
    await expect(create()).rejects.toMatchObject({ code: 'already_exists' });
    making.resolve();
    await first;
    await expect(create()).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('refuses a bad id and an empty bundle', async () => {
    await expect(create('../x')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(rpc('Create', { ...createRequest, bundle: '' })).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(service.containers.size).toBe(0);
  });

  it('knows nothing of a container that could not be made', async () => {
    making = Promise.withResolvers();
    const failed = create();
    const early = rpc('CloseIO', {});
    making.reject(new SandshimError('unavailable', 'no runsc'));
    await expect(failed).rejects.toMatchObject({ code: 'unavailable', message: 'no runsc: unavailable' });
    await expect(early).rejects.toMatchObject({ code: 'not_found', message: 'container not created: not found' });
  });

  it('removes a container whose caller has gone meanwhile', async () => {
    making = Promise.withResolvers();
    const controller = new AbortController();
    const gone = rpc('Create', createRequest, controller.signal);
    controller.abort(new SandshimError('canceled', 'gone'));
    making.resolve();
    await expect(gone).rejects.toMatchObject({ code: 'canceled' });
    expect(calls).toEqual(expect.arrayContaining(['init kill 9 undefined', 'init delete']));
    expect(service.containers.size).toBe(0);
  });

  it('lets a call for a container that is being made wait for it', async () => {
    making = Promise.withResolvers();
    const first = create();
    const closed = rpc('CloseIO', {});
    expect(calls).toEqual([]);
    making.resolve();
    await Promise.all([first, closed]);
    expect(calls).toEqual(['init close']);
  });

  it('answers State from memory, with Go’s zero time while the process lives', async () => {
    await create();
    expect(await rpc('State', {})).toEqual({
      ...{ id: 'c1', bundle: '/b', pid: 77, status: 1, stdin: 'i', stdout: 'o', stderr: 'e', terminal: false },
      ...{ exitStatus: 0, exitedAt: goZeroTime, execId: '' },
    });
  });

  it('records an exec and finds it again by its id', async () => {
    await create();
    const process = { args: ['true'], cwd: '/', terminal: true };
    const request = { execId: 'e1', terminal: false, stdin: '', stdout: 'o', stderr: '', spec: packJson('', process) };
    await rpc('Exec', request);
    expect(calls[0]).toContain('"terminal":false');
    expect(await rpc('State', { execId: 'e1' })).toMatchObject({ id: 'e1' });
    await rpc('ResizePty', { execId: 'e1', width: 80, height: 24 });
    expect(calls[1]).toBe('e1 resize 24×80');
    await expect(rpc('Exec', request)).rejects.toMatchObject({
      code: 'already_exists',
      message: 'id e1: already exists',
    });
    await expect(rpc('Start', { execId: 'e2' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'process does not exist e2: not found',
    });
  });

  it.each([
    undefined,
    packJson('', null),
    packJson('', []),
    packJson('', {}),
    packJson('', { args: [] }),
    packJson('', { args: [1] }),
    packJson('', { args: ['a'], cwd: 1 }),
    { typeUrl: '', value: Buffer.from('{') },
  ])('refuses the process %j', async (spec) => {
    await create();
    const request = { execId: 'e1', terminal: false, stdin: '', stdout: '', stderr: '', spec };
    await expect(rpc('Exec', request)).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('says which exec a pid belongs to', async () => {
    await create();
    const answer = await rpc('Pids', {});
    expect(answer).toMatchObject({ processes: [{ pid: 77, info: undefined }, { pid: 78 }] });
    const [, second] = (answer as { processes: { info: Any }[] }).processes;
    expect(second && unpackAny(ProcessDetails, second.info)).toEqual({ execId: 'e1' });
  });

  it('gives metrics in the message of the host’s cgroup version', async () => {
    await create();
    const { stats } = (await rpc('Stats', {})) as { stats: Any };
    expect(unpackAny(MetricsV2, stats)?.pids).toEqual({ current: 3n, limit: 0n });
  });

  it('refuses to update nothing, and what is no JSON', async () => {
    await create();
    await rpc('Update', { resources: packJson('', { cpu: {} }), annotations: {} });
    expect(calls).toEqual(['update {"cpu":{}}']);
    for (const resources of [undefined, { typeUrl: '', value: Buffer.from('x') }]) {
      await expect(rpc('Update', { resources })).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });

  it('hands a checkpoint’s options on, and refuses what it does not know', async () => {
    await create();
    const options = { ...CheckpointOptions.decode(new Uint8Array(0)), exit: true, cgroupsMode: 'soft' };
    const any = (value: CheckpointOptions): Any => ({
      typeUrl: CheckpointOptions.$type,
      value: CheckpointOptions.encode(value).finish(),
    });
    await rpc('Checkpoint', { path: '/p', options: any(options) });
    expect(JSON.parse(calls[0]?.slice(11) ?? '')).toMatchObject({
      path: '/p',
      leaveRunning: false,
      cgroupsMode: 'soft',
    });
    for (const bad of [
      { path: '', options: undefined },
      { path: '/p', options: any({ ...options, cgroupsMode: 'odd' }) },
      { path: '/p', options: { typeUrl: 'other', value: new Uint8Array(0) } },
    ]) {
      await expect(rpc('Checkpoint', bad)).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });

  it('forgets a container with its init process, and says so once it was the last', async () => {
    await create();
    await create('c2');
    expect(await rpc('Delete', {})).toMatchObject({ pid: 77, exitStatus: 7 });
    expect(calls).toEqual(['init delete']);
    await expect(rpc('Delete', {})).rejects.toMatchObject({ code: 'not_found' });
    await rpc('Delete', { id: 'c2' });
    expect(calls).toEqual(['init delete', 'init delete', 'empty']);
  });

  it('does not leave while it has a container, or makes one', async () => {
    making = Promise.withResolvers();
    const first = create();
    await rpc('Shutdown', { now: true });
    making.resolve();
    await first;
    await rpc('Shutdown', { now: true });
    expect(calls).toEqual([]);
    await rpc('Delete', {});
    await rpc('Shutdown', { now: false });
    expect(calls.at(-1)).toBe('shutdown');
  });

  it('answers Connect for any id', async () => {
    expect(await rpc('Connect', { id: 'nobody' })).toEqual({ shimPid: 4242, taskPid: 0, version: '' });
    await create();
    expect(await rpc('Connect', {})).toEqual({ shimPid: 4242, taskPid: 77, version: '' });
  });

  it('tells an exit of init under the container’s id, an exec’s under its own, and of no exec’s deletion', async () => {
    await create();
    const container = parseContainerId('c1');
    emit({ type: 'exit', container, pid, exit });
    emit({ type: 'exit', container, exec: parseExecId('e1'), pid, exit });
    emit({ type: 'delete', container, exec: parseExecId('e1'), pid, exit });
    emit({ type: 'delete', container, pid, exit });
    expect(published.map(({ topic }) => topic)).toEqual([
      '/tasks/create',
      '/tasks/exit',
      '/tasks/exit',
      '/tasks/delete',
    ]);
    const ids = published.slice(1, 3).map(({ event }) => unpackAny(TaskExit, event)?.id);
    expect(ids).toEqual(['c1', 'e1']);
  });
});
