import { ProcessDetails, packJson, Status, unpackAny } from '@sandshim/shim-server/api';
import { describe, expect, it } from 'vitest';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

describe.each([ourRunsc, ourRunc, goRunc])('$name', (subject) => {
  it('runs an exec from added to deleted, each event once and in order', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const streams = await stand.addExec(id, 'one', ['sh', '-c', 'echo out; echo err >&2; exit 9']);
    expect(await stand.task.state({ id, execId: 'one' })).toMatchObject({ id: 'one', status: Status.CREATED });
    const waited = stand.task.wait({ id, execId: 'one' });
    const { pid } = await stand.task.start({ id, execId: 'one' });
    expect(pid).toBeGreaterThan(0);
    expect((await waited).exitStatus).toBe(9);
    expect(await stand.task.state({ id, execId: 'one' })).toMatchObject({ status: Status.STOPPED, exitStatus: 9, pid });
    expect(await stand.task.delete({ id, execId: 'one' })).toMatchObject({ exitStatus: 9, pid });
    await streams.ended;
    expect(streams.output).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    await stand.events.waitForCount(5);
    expect(stand.events.topics).toEqual([
      '/tasks/create',
      '/tasks/start',
      '/tasks/exec-added',
      '/tasks/exec-started',
      '/tasks/exit',
    ]);
    expect(stand.events.events.at(-1)?.event).toMatchObject({
      type: 'TaskExit',
      message: { containerId: id, id: 'one', pid, exitStatus: 9 },
    });
  });

  it('kills an exec without touching the container', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    await stand.addExec(id, 'long', ['sleep', '1000']);
    await stand.task.start({ id, execId: 'long' });
    const waited = stand.task.wait({ id, execId: 'long' });
    await stand.task.kill({ id, execId: 'long', signal: 15, all: false });
    expect((await waited).exitStatus).toBe(143);
    expect((await stand.task.state({ id, execId: '' })).status).toBe(Status.RUNNING);
  });

  it('gives the exec its user, folder and environment', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const streams = await stand.addExec(id, 'shown', ['true']);
    await stand.task.delete({ id, execId: 'shown' });
    await streams[Symbol.asyncDispose]();
    const more = await stand.addExec(id, 'shaped', ['sh', '-c', 'id -u; id -g; pwd; echo $WORD'], {
      process: { user: { uid: 1000, gid: 1001 }, cwd: '/tmp', env: ['PATH=/bin', 'WORD=hello'] },
    });
    await stand.task.start({ id, execId: 'shaped' });
    await stand.task.wait({ id, execId: 'shaped' });
    await stand.task.delete({ id, execId: 'shaped' });
    await more.ended;
    expect(more.output.stdout).toBe('1000\n1001\n/tmp\nhello\n');
  });

  it('refuses an exec once the container has ended', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    await stand.addExec(id, 'late', ['true']);
    await stand.task.kill({ id, execId: '', signal: 9, all: false });
    await stand.task.wait({ id, execId: '' });
    await expect(stand.task.start({ id, execId: 'late' })).rejects.toMatchObject({
      message: expect.stringMatching(/not running|stopped/),
    });
  });

  it('an exec spec that is not JSON is refused', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const spec = { typeUrl: 'any', value: Buffer.from('{') };
    const io = { terminal: false, stdin: '', stdout: '', stderr: '' };
    await expect(stand.task.exec({ id, execId: 'broken', ...io, spec })).rejects.toMatchObject({
      name: 'SandshimError',
    });
    expect((await stand.exec(id, ['true'])).status).toBe(0);
  });
});

describe.each([ourRunsc, ourRunc])('$name, unlike the Go shim', (subject) => {
  it('refuses an exec id that is no identifier', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const spec = packJson('any', { args: ['true'], cwd: '/' });
    await expect(
      stand.task.exec({ id, execId: '../escape', terminal: false, stdin: '', stdout: '', stderr: '', spec }),
    ).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('../escape') });
  });
});

describe.each([ourRunc, goRunc])('$name', (subject) => {
  it('names the exec of each pid', async () => {
    await using stand = await startShim(subject);
    const { id, pid } = await stand.run({ args: ['sleep', '1000'] });
    await stand.addExec(id, 'named', ['sleep', '1000']);
    const exec = await stand.task.start({ id, execId: 'named' });
    const { processes } = await stand.task.pids({ id });
    const named = processes.map(({ pid: each, info }) => [each, info && unpackAny(ProcessDetails, info)?.execId]);
    expect(new Map(named as [number, string | undefined][])).toEqual(
      new Map([
        [pid, undefined],
        [exec.pid, 'named'],
      ]),
    );
  });
});
