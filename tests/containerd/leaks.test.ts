import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eventually,
  expectNoLeaks,
  type LeakSnapshot,
  oncePerRuntime,
  overTtrpc,
  type Rig,
  type SeenEvent,
  shimPid,
  startRig,
  takeSnapshot,
  taskReaches,
  watchEvents,
} from '../support/index.ts';

describe.each(oncePerRuntime)('50 containers one after another on $name', (testCase) => {
  test('leave no process, mount, socket, cgroup, bundle or descriptor', async () => {
    await using rig = await startRig(testCase);
    const before = await takeSnapshot(rig.containerd.scope);
    for (let round = 0; round < 50; round += 1) {
      const status = round % 3;
      const ran = await rig.run(['sh', '-c', `echo ${round}; exit ${status}`], { flags: ['--rm'] });
      expect(ran).toMatchObject({ exitCode: status, stdout: `${round}\n`, stderr: '' });
    }
    await expectNoLeaks(rig.containerd.scope, before);
  });
});

describe.each(overTtrpc)('a shim that is killed on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  /** The exit events of a container whose shim is killed. */
  const exitsAfterKill = async (id: string): Promise<readonly SeenEvent[]> => {
    await using events = await watchEvents(rig.containerd);
    process.kill(await shimPid(rig.containerd, id), 'SIGKILL');
    return (await events.settled(id)).filter(({ topic }) => topic === '/tasks/exit');
  };

  test('makes its task end with 137, frees the id at once and leaves nothing', async () => {
    const id = await rig.start(['sleep', '1000']);
    expect(await exitsAfterKill(id)).toMatchObject([{ fields: { id, exit_status: 137 } }]);
    await taskReaches(rig, id, undefined);
    await rig.ctr(['container', 'rm', id]);
    expect(await rig.run(['true'], { id, flags: ['--rm'] })).toMatchObject({ exitCode: 0, stderr: '' });
    await expectNoLeaks(rig.containerd.scope, before);
  });

  test('takes its execs with it', async () => {
    const id = await rig.start(['sleep', '1000']);
    const exec = rig.ctr(['task', 'exec', '--exec-id', 'e1', id, 'sleep', '1000']);
    await execRuns(rig, id);
    process.kill(await shimPid(rig.containerd, id), 'SIGKILL');
    expect((await exec).exitCode).not.toBe(0);
    await taskReaches(rig, id, undefined);
    await rig.ctr(['container', 'rm', id]);
    await expectNoLeaks(rig.containerd.scope, before);
  });
});

/** Waits until `ctr task ps` knows a second process. */
async function execRuns(rig: Rig, id: string): Promise<void> {
  const two = async () => {
    const { stdout } = await rig.ctr(['task', 'ps', id]);
    return stdout.trim().split('\n').length >= 3 ? true : undefined;
  };
  await eventually(two, { what: `an exec in ${id}` });
}
