import { readFile } from 'node:fs/promises';
import { cgroupsV1, packJson, Status, unpackAny } from '@sandshim/shim-server/api';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

const resourcesType = 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources';

describe.each([ourRunsc, ourRunc, goRunc])('$name', (subject) => {
  it('pauses and resumes, with the states and events of both', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    await stand.task.pause({ id });
    expect((await stand.task.state({ id, execId: '' })).status).toBe(Status.PAUSED);
    await expect(stand.addExec(id, 'late', ['true'])).rejects.toMatchObject({
      code: 'unknown',
      message: expect.stringContaining('cannot exec in a paused state'),
    });
    await expect(stand.task.pause({ id })).rejects.toMatchObject({
      message: expect.stringContaining('cannot pause a paused container'),
    });
    await stand.task.resume({ id });
    expect((await stand.task.state({ id, execId: '' })).status).toBe(Status.RUNNING);
    await expect(stand.task.resume({ id })).rejects.toMatchObject({
      message: expect.stringContaining('cannot resume a running process'),
    });
    await stand.events.waitForCount(4);
    expect(stand.events.topics).toEqual(['/tasks/create', '/tasks/start', '/tasks/paused', '/tasks/resumed']);
  });

  it('kills all: the exec is told before the container', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    await stand.addExec(id, 'other', ['sleep', '1000']);
    await stand.task.start({ id, execId: 'other' });
    await stand.task.kill({ id, execId: '', signal: 9, all: true });
    await stand.events.waitFor(({ event }) => event.type === 'TaskExit' && event.message.id === id);
    const exits = stand.events.events.flatMap(({ event }) => (event.type === 'TaskExit' ? [event.message] : []));
    expect(exits.map(({ id: who, exitStatus }) => [who, exitStatus])).toEqual([
      ['other', 137],
      [id, 137],
    ]);
  });

  it('answers a wait that came before the start, one that came after the end, and a deadline between', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.create({ args: ['sh', '-c', 'exit 4'] });
    const early = stand.task.wait({ id, execId: '' });
    await expect(stand.task.wait({ id, execId: '' }, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await stand.task.start({ id, execId: '' });
    expect((await early).exitStatus).toBe(4);
    expect(await stand.task.wait({ id, execId: '' })).toEqual(await early);
  });

  it('reports cpu and memory as cgroup v1 metrics on this host', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sh', '-c', 'while :; do :; done'] });
    const metrics = await eventually(
      async () => {
        const { stats } = await stand.task.stats({ id });
        const message = stats && unpackAny(cgroupsV1.Metrics, stats);
        return (message?.cpu?.usage?.total ?? 0n) > 0n ? message : undefined;
      },
      { what: 'cpu time to show', everyMs: 100 },
    );
    expect(metrics.memory?.usage?.usage).toBeGreaterThan(0n);
    expect(metrics.pids?.current).toBeGreaterThan(0n);
  });

  it('updates the memory limit', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const limit = 256 * 1024 * 1024;
    await stand.task.update({ id, resources: packJson(resourcesType, { memory: { limit } }), annotations: {} });
    const file = `/sys/fs/cgroup/memory${stand.scope.cgroupParent}/${id}/memory.limit_in_bytes`;
    expect((await readFile(file, 'utf8')).trim()).toBe(String(limit));
    await expect(
      stand.task.update({ id, resources: { typeUrl: resourcesType, value: Buffer.from('[') }, annotations: {} }),
    ).rejects.toMatchObject({ name: 'SandshimError' });
  });

  it('has at least one pid for a container that was only created', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.create({ args: ['sleep', '1000'] });
    expect((await stand.task.pids({ id })).processes.length).toBeGreaterThan(0);
  });
});
