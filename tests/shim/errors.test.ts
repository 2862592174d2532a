import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShimStand } from '../support/shim/stand.ts';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

describe.each([ourRunsc, ourRunc, goRunc])('$name', (subject) => {
  let stand: ShimStand;
  let id: string;
  beforeAll(async () => {
    stand = await startShim(subject);
    ({ id } = await stand.run({ args: ['sleep', '1000'] }));
  });
  afterAll(() => stand[Symbol.asyncDispose]());

  const execId = '';
  const unknown = { id: 'unknown', execId };
  it.each([
    ['State', () => stand.task.state(unknown)],
    ['Start', () => stand.task.start(unknown)],
    ['Delete', () => stand.task.delete(unknown)],
    ['Pids', () => stand.task.pids(unknown)],
    ['Pause', () => stand.task.pause(unknown)],
    ['Resume', () => stand.task.resume(unknown)],
    ['Kill', () => stand.task.kill({ ...unknown, signal: 9, all: false })],
    ['ResizePty', () => stand.task.resizePty({ ...unknown, width: 80, height: 25 })],
    ['CloseIO', () => stand.task.closeIO({ ...unknown, stdin: true })],
    ['Wait', () => stand.task.wait(unknown)],
    ['Stats', () => stand.task.stats(unknown)],
    ['Update', () => stand.task.update({ id: 'unknown', resources: undefined, annotations: {} })],
    ['Checkpoint', () => stand.task.checkpoint({ id: 'unknown', path: '/tmp/x', options: undefined })],
  ])('%s of an unknown container is not_found', async (_rpc, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('not created') });
  });

  it('an unknown exec is not_found', async () => {
    const exec = { id, execId: 'nobody' };
    for (const call of [
      () => stand.task.state(exec),
      () => stand.task.start(exec),
      () => stand.task.delete(exec),
      () => stand.task.wait(exec),
      () => stand.task.kill({ ...exec, signal: 9, all: false }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('process does not exist nobody'),
      });
    }
  });

  it('a running container can neither be started nor deleted', async () => {
    await expect(stand.task.start({ id, execId })).rejects.toMatchObject({
      code: 'unknown',
      message: expect.stringContaining('cannot start a running process'),
    });
    await expect(stand.task.delete({ id, execId })).rejects.toMatchObject({
      code: 'unknown',
      message: expect.stringContaining('cannot delete a running process'),
    });
  });

  it('a second exec of the same id already exists', async () => {
    await stand.addExec(id, 'twice', ['true']);
    await expect(stand.addExec(id, 'twice', ['true'], { io: { stdout: '' } })).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('twice'),
    });
    await stand.task.delete({ id, execId: 'twice' });
  });

  it('an exec that was not started cannot be killed', async () => {
    await stand.addExec(id, 'idle', ['true']);
    await expect(stand.task.kill({ id, execId: 'idle', signal: 9, all: false })).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('process not created'),
    });
    await stand.task.delete({ id, execId: 'idle' });
  });

  it('an exec of a program that is not there names it and leaves the container alone', async () => {
    await stand.addExec(id, 'absent', ['/no/such/program']);
    await expect(stand.task.start({ id, execId: 'absent' })).rejects.toMatchObject({
      message: expect.stringContaining('/no/such/program'),
    });
    await stand.task.delete({ id, execId: 'absent' });
    expect((await stand.exec(id, ['true'])).status).toBe(0);
  });

  it('a signal to an exec that has ended is not_found', async () => {
    await stand.addExec(id, 'ended', ['true']);
    await stand.task.start({ id, execId: 'ended' });
    await stand.task.wait({ id, execId: 'ended' });
    await expect(stand.task.kill({ id, execId: 'ended', signal: 9, all: false })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('process already finished'),
    });
    await stand.task.delete({ id, execId: 'ended' });
  });

  it('a program that is not there fails the container and leaves nothing', async () => {
    await using own = await startShim(subject);
    const outcome = await own.run({ id: 'absent', args: ['/no/such/program'] }).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ message: expect.stringContaining('/no/such/program') });
    await own.task.delete({ id: 'absent', execId }).catch(() => undefined);
    await own.task.shutdown({ id: 'absent', now: true }).catch(() => undefined);
    await own.cleanUp('absent');
    await own.expectNothingLeft();
  });
});
