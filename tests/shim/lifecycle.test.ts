import { rm } from 'node:fs/promises';
import { Status } from '@sandshim/shim-server/api';
import { describe, expect, it } from 'vitest';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

describe.each([ourRunsc, ourRunc, goRunc])('$name', (subject) => {
  it('reports a container from created to deleted, each event once and in order', async () => {
    await using stand = await startShim(subject);
    const { id, pid, streams, bundle } = await stand.create({ args: ['sh', '-c', 'echo out; echo err >&2; exit 7'] });
    const created = await stand.task.state({ id, execId: '' });
    expect(created).toMatchObject({ id, bundle, pid, status: Status.CREATED, exitStatus: 0, terminal: false });
    expect(created).toMatchObject({ stdout: streams.stdout, stderr: streams.stderr, stdin: '' });

    const waited = stand.task.wait({ id, execId: '' });
    expect(await stand.task.start({ id, execId: '' })).toEqual({ pid });
    expect((await waited).exitStatus).toBe(7);
    const stopped = await stand.task.state({ id, execId: '' });
    expect(stopped).toMatchObject({ status: Status.STOPPED, exitStatus: 7 });

    const deleted = await stand.task.delete({ id, execId: '' });
    expect(deleted).toMatchObject({ pid, exitStatus: 7 });
    expect(deleted.exitedAt).toEqual(stopped.exitedAt);
    await streams.ended;
    expect(streams.output).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    await expect(stand.task.state({ id, execId: '' })).rejects.toMatchObject({ code: 'not_found' });

    await stand.events.waitForCount(4);
    expect(stand.events.topics).toEqual(['/tasks/create', '/tasks/start', '/tasks/exit', '/tasks/delete']);
    expect(stand.events.events.map(({ namespace }) => namespace)).toEqual(Array(4).fill(stand.namespace));
    expect(stand.events.events.map(({ event }) => event)).toMatchObject([
      { type: 'TaskCreate', message: { containerId: id, bundle, pid, io: { stdout: streams.stdout } } },
      { type: 'TaskStart', message: { containerId: id, pid } },
      { type: 'TaskExit', message: { containerId: id, id, pid, exitStatus: 7 } },
      { type: 'TaskDelete', message: { containerId: id, pid, exitStatus: 7 } },
    ]);
    await stand.task.shutdown({ id, now: false });
    await stand.expectNothingLeft();
  });

  it('says the zero time for the exit of what still runs', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '100'] });
    const { exitedAt } = await stand.task.state({ id, execId: '' });
    expect(exitedAt).toEqual({ seconds: -62135596800n, nanos: 0 });
  });

  it('answers Connect for any id, with the pid of those it knows', async () => {
    await using stand = await startShim(subject);
    const { id, pid } = await stand.run({ args: ['sleep', '100'] });
    const shimPid = await stand.shimPid();
    expect(await stand.task.connect({ id })).toMatchObject({ shimPid, taskPid: pid });
    expect(await stand.task.connect({ id: 'unknown' })).toMatchObject({ shimPid, taskPid: 0 });
  });

  it('stays while a container lives, and goes with Shutdown after the last one', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '100'] });
    await stand.task.shutdown({ id, now: false });
    expect((await stand.task.state({ id, execId: '' })).status).toBe(Status.RUNNING);
    const waited = stand.task.wait({ id, execId: '' });
    await stand.task.kill({ id, execId: '', signal: 9, all: true });
    expect((await waited).exitStatus).toBe(137);
    await stand.task.delete({ id, execId: '' });
    await stand.task.shutdown({ id, now: false }).catch(() => undefined);
    await stand.expectNothingLeft();
  });

  it('deletes a container that was never started', async () => {
    await using stand = await startShim(subject);
    const { id, pid } = await stand.create({ args: ['true'] });
    expect((await stand.task.delete({ id, execId: '' })).pid).toBe(pid);
    await expect(stand.task.delete({ id, execId: '' })).rejects.toMatchObject({ code: 'not_found' });
    await stand.task.shutdown({ id, now: false }).catch(() => undefined);
    await stand.expectNothingLeft();
  });

  it('leaves nothing after SIGKILL once the delete action ran, twice', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '100'] });
    process.kill(await stand.shimPid(), 'SIGKILL');
    const first = await stand.cleanUp(id);
    expect(first.exitCode).toBe(0);
    expect((await stand.cleanUp(id)).exitCode).toBe(0);
    // See differences.ts, "socket after a crash".
    if (subject.oracle) await rm(stand.address.replace('unix://', ''));
    await stand.expectNothingLeft();
  });
});
