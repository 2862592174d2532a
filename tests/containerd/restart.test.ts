import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eventually,
  expectNoLeaks,
  type LeakSnapshot,
  listTasks,
  matrix,
  type Rig,
  startRig,
  takeSnapshot,
  taskReaches,
} from '../support/index.ts';

describe.each(matrix)('containerd that goes and comes back on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test.each(['SIGTERM', 'SIGKILL'] as const)('by %s finds its tasks running and can use them', async (signal) => {
    const id = await rig.start(['sleep', '1000']);
    const [task] = await listTasks(rig);
    await rig.containerd.stop(signal);
    await rig.containerd.restart();
    expect(await listTasks(rig)).toEqual([{ id, pid: task?.pid, status: 'RUNNING' }]);
    expect(await rig.ctr(['task', 'exec', '--exec-id', 'e', id, 'echo', 'still here'])).toMatchObject({
      exitCode: 0,
      stdout: 'still here\n',
    });
    await rig.remove(id);
    expect(await listTasks(rig)).toEqual([]);
  });

  test('learns of a task that ended meanwhile', async () => {
    const [short, long] = [await rig.start(['sh', '-c', 'sleep 1; exit 8']), await rig.start(['sleep', '1000'])];
    const shortPid = (await listTasks(rig)).find(({ id }) => id === short)?.pid ?? 0;
    await rig.containerd.stop('SIGKILL');
    await eventually(() => (isAlive(shortPid) ? undefined : true), { what: 'the short task to end' });
    await rig.containerd.restart();
    const status = async () => {
      const row = (await listTasks(rig)).find(({ id }) => id === short);
      return row === undefined || row.status === 'STOPPED' ? true : undefined;
    };
    await eventually(status, { what: 'the short task to be stopped or cleaned up' });
    expect(await listTasks(rig)).toContainEqual({ id: long, pid: expect.any(Number), status: 'RUNNING' });
    await rig.remove(short);
    await rig.remove(long);
    await taskReaches(rig, long, undefined);
  });

  test('leaves nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});

/** Alive, and not just a zombie that nobody has reaped. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
