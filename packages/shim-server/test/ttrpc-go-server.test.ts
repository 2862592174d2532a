import { SandshimError } from '@sandshim/runsc-client';
import {
  ConnectResponse,
  CreateTaskRequest,
  dateFromTimestamp,
  KillRequest,
  StateRequest,
  Status,
  TaskV2Definition,
} from '@sandshim/shim-server/api';
import { connectTask } from '@sandshim/shim-server/client';
import { createSocketFolder, RawTtrpcPeer } from '@sandshim/shim-server/testing';
import { frameTypes, implementService, serveTtrpc } from '@sandshim/shim-server/ttrpc';
import { expect, test } from 'vitest';
import { startGoShim } from './support/go-shim.ts';

test('our client drives the Go shim through the life of a container, and hears its events', async () => {
  await using shim = await startGoShim({ args: ['/bin/busybox', 'sleep', '1000'] });
  await using connection = await connectTask(shim.address, { namespace: 'interop' });
  const { id, bundle } = shim;
  const { task } = connection;
  expect(connection.version).toBe(2);

  const before = await task.connect({ id });
  expect(before.shimPid).toBeGreaterThan(1);
  expect(before.taskPid).toBe(0);
  await expect(task.state({ id, execId: '' })).rejects.toMatchObject({
    code: 'not_found',
    message: 'container not created: not found',
  });

  const { pid } = await task.create(CreateTaskRequest.create({ id, bundle }));
  expect(await task.state({ id, execId: '' })).toMatchObject({ id, bundle, pid, status: Status.CREATED });
  const waiting = task.wait({ id, execId: '' });
  expect(await task.start({ id, execId: '' })).toEqual({ pid });
  const running = await task.state({ id, execId: '' });
  expect(running.status).toBe(Status.RUNNING);
  expect(dateFromTimestamp(running.exitedAt)).toBeUndefined();
  expect((await task.pids({ id })).processes.map((process) => process.pid)).toContain(pid);

  await task.kill(KillRequest.create({ id, signal: 9 }));
  const exit = await waiting;
  expect(exit.exitStatus).toBe(137);
  expect(await task.delete({ id, execId: '' })).toMatchObject({ pid, exitStatus: 137, exitedAt: exit.exitedAt });
  await shim.events.waitForCount(4);
  expect(shim.events.events.map(({ namespace, event }) => [namespace, event])).toMatchObject([
    ['interop', { type: 'TaskCreate', message: { containerId: id, bundle, pid } }],
    ['interop', { type: 'TaskStart', message: { containerId: id, pid } }],
    ['interop', { type: 'TaskExit', message: { containerId: id, id, pid, exitStatus: 137 } }],
    ['interop', { type: 'TaskDelete', message: { containerId: id, pid, exitStatus: 137 } }],
  ]);

  await task.shutdown({ id, now: false });
  await connection.closed;
  await expect(task.connect({ id })).rejects.toMatchObject({ message: 'ttrpc: closed' });
});

test('concurrent calls and deadlines hold against the Go server', async () => {
  await using shim = await startGoShim({ args: ['/bin/busybox', 'true'] });
  await using connection = await connectTask(shim.address, { namespace: 'interop', version: 2 });
  const { id, bundle } = shim;
  const { task } = connection;
  await task.create(CreateTaskRequest.create({ id, bundle }));
  await expect(task.wait({ id, execId: '' }, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  const answers = await Promise.all(Array.from({ length: 200 }, () => task.connect({ id })));
  expect(new Set(answers.map(({ taskPid }) => taskPid)).size).toBe(1);
  await task.kill(KillRequest.create({ id, signal: 9 }));
  await task.delete({ id, execId: '' });
  await task.shutdown({ id, now: true });
  await connection.closed;
});

/** What a server says to frames that no client of ours would send. Ids used again are left out: old Go servers let them pass. */
async function provoke(path: string): Promise<unknown[]> {
  using peer = await RawTtrpcPeer.connect(path);
  const service = 'containerd.task.v2.Task';
  const state = StateRequest.encode({ id: 'c1', execId: '' }).finish();
  const broken = Uint8Array.of(0x0a, 0x7f);
  const said: unknown[] = [];
  const hear = async () => {
    const { streamId, status, payload } = await peer.nextResponse();
    // What follows a colon is the words of each side's own decoder.
    const message = status?.message.replace(/(unmarshal\w* (request error|payload)): .*/s, '$1');
    said.push([streamId, status?.code, message, payload.length]);
  };
  const sends = [
    () => peer.sendRequest({ streamId: 3, service: 'containerd.task.v9.Task', method: 'State' }),
    () => peer.sendRequest({ streamId: 5, service, method: 'Nothing' }),
    () => peer.sendRequest({ streamId: 2, service, method: 'State' }),
    () => peer.sendFrame({ streamId: 7, type: frameTypes.request, payload: broken }),
    () => peer.sendRequest({ streamId: 9, service, method: 'State', payload: broken }),
    () => {
      peer.sendFrame({ streamId: 11, type: 99, payload: new Uint8Array(100_000) });
      peer.sendRequest({ streamId: 11, service, method: 'State', payload: state });
    },
    () => peer.sendRequest({ streamId: 13, service, method: 'State', payload: state, timeoutNano: 1_000_000_000n }),
    () => peer.sendRequest({ streamId: 15, service, method: 'Connect', payload: state }),
  ];
  for (const send of sends) {
    send();
    await hear();
  }
  return said;
}

test('our server refuses in the words of the Go server', async () => {
  await using shim = await startGoShim({ args: ['/bin/busybox', 'true'] });
  await using folder = await createSocketFolder();
  const { listener, path } = await folder.listen();
  await using connection = await connectTask(shim.address);
  const { shimPid } = await connection.task.connect({ id: 'c1' });
  const task = implementService(TaskV2Definition, {
    state: () => {
      throw new SandshimError('not_found', 'container not created: not found');
    },
    connect: () => ConnectResponse.create({ shimPid }),
  });
  await using _server = serveTtrpc({ listener, services: [task] });
  const ours = await provoke(path);
  expect(ours).toHaveLength(8);
  expect(ours).toEqual(await provoke(shim.address.slice('unix://'.length)));
});
