import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { SandshimError } from '@sandshim/runsc-client';
import { DeleteResponse, StateResponse, Status, TaskV2Definition, timestampFromDate } from '@sandshim/shim-server/api';
import { implementService, type ServiceHandlers, serveTtrpc } from '@sandshim/shim-server/ttrpc';
import { expect, onTestFinished, test } from 'vitest';

/** Serves `handlers` where `ctr shim` looks for the shim of container `c1`, and gives a function that runs ctr. */
async function startShim(handlers: ServiceHandlers<typeof TaskV2Definition>) {
  const namespace = `interop-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const containerd = '/nonexistent/containerd.sock';
  const name = createHash('sha256').update(`${containerd}/${namespace}/c1`).digest('hex');
  await mkdir('/run/containerd/s', { recursive: true, mode: 0o700 });
  const listener = createServer().listen(`/run/containerd/s/${name}`);
  await once(listener, 'listening');
  const server = serveTtrpc({ listener, services: [implementService(TaskV2Definition, handlers)] });
  onTestFinished(() => server.close());
  return async (...args: string[]) => {
    const flags = ['--address', containerd, '--namespace', namespace, 'shim', '--id', 'c1'];
    const running = promisify(execFile)('ctr', [...flags, ...args]);
    running.child.stdin?.end();
    return await running;
  };
}

test('the Go client reads our answers', async () => {
  const exitedAt = new Date('2026-01-02T03:04:05.678Z');
  const ctr = await startShim({
    state: ({ id }) =>
      StateResponse.create({
        id,
        bundle: '/b',
        pid: 77,
        status: Status.STOPPED,
        stdout: '/out',
        terminal: true,
        exitStatus: 137,
        exitedAt: timestampFromDate(exitedAt),
      }),
  });
  expect(JSON.parse((await ctr('state')).stdout)).toEqual({
    id: 'c1',
    bundle: '/b',
    pid: 77,
    status: Status.STOPPED,
    stdout: '/out',
    terminal: true,
    exit_status: 137,
    exited_at: exitedAt.toISOString(),
  });
});

// The exec of this ctr panics before it sends anything.
test('the Go client sends what we read', async () => {
  const calls: unknown[] = [];
  const ctr = await startShim({
    start: ({ id }) => {
      calls.push(['start', id]);
      return { pid: 77 };
    },
    delete: ({ id }) => {
      calls.push(['delete', id]);
      return DeleteResponse.create({ pid: 77, exitStatus: 3 });
    },
  });
  expect((await ctr('start', 'c1')).stdout).toBe('');
  expect((await ctr('delete', 'c1')).stdout).toBe('container deleted and returned exit status 3\n');
  expect(calls).toEqual([
    ['start', 'c1'],
    ['delete', 'c1'],
  ]);
});

test('the Go client shows our errors', async () => {
  const ctr = await startShim({
    state: () => {
      throw new SandshimError('not_found', 'container not created: not found');
    },
  });
  await expect(ctr('state')).rejects.toMatchObject({ stderr: expect.stringContaining('container not created') });
  await expect(ctr('start')).rejects.toMatchObject({ stderr: expect.stringContaining('method Start') });
});
