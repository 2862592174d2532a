import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  expectNoLeaks,
  type LeakSnapshot,
  listTasks,
  matrix,
  type Rig,
  startRig,
  takeSnapshot,
  taskReaches,
} from '../support/index.ts';

describe.each(matrix)('ctr task on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  let id: string;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
    id = await rig.start(['sleep', '1000']);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test('ls shows a running task with its pid', async () => {
    expect(await listTasks(rig)).toEqual([{ id, pid: expect.any(Number), status: 'RUNNING' }]);
  });

  test('ps shows the pid of the task', async () => {
    const [task] = await listTasks(rig);
    const { exitCode, stdout } = await rig.ctr(['task', 'ps', id]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^PID\s+INFO/);
    // gVisor counts in the sandbox: its host has no process for each of the container's.
    const pid = testCase.shim.runtime === 'runsc' ? 1 : task?.pid;
    expect(stdout).toMatch(new RegExp(`^${pid}\\s`, 'm'));
  });

  test('exec passes input, output and exit status through', async () => {
    const command = ['sh', '-c', 'cat; echo err >&2; exit 9'];
    const ran = await rig.ctr(['task', 'exec', '--exec-id', 'e1', id, ...command], { input: 'in\n' });
    expect(ran).toMatchObject({ exitCode: 9, stdout: 'in\n', stderr: 'err\n' });
  });

  test('exec may use an id again once it is over', async () => {
    for (let round = 0; round < 3; round += 1) {
      const ran = await rig.ctr(['task', 'exec', '--exec-id', 'again', id, 'echo', 'hi']);
      expect(ran).toMatchObject({ exitCode: 0, stdout: 'hi\n' });
    }
  });

  test('exec runs eight at a time, each with its own status', async () => {
    const statuses = [0, 1, 2, 3, 4, 5, 6, 7];
    const ran = await Promise.all(
      statuses.map((status) => rig.ctr(['task', 'exec', '--exec-id', `p${status}`, id, 'sh', '-c', `exit ${status}`])),
    );
    expect(ran.map(({ exitCode }) => exitCode)).toEqual(statuses);
  });

  test('exec of a program that is not there says so in one line', async () => {
    const { exitCode, stderr } = await rig.ctr(['task', 'exec', '--exec-id', 'none', id, '/no/such/program']);
    expect(exitCode).not.toBe(0);
    const own = stderr.split('\n').filter((line) => line.startsWith('ctr: '));
    expect(own).toEqual([expect.stringContaining('/no/such/program')]);
  });

  test('pause stops a task and resume lets it go on', async () => {
    expect(await rig.ctr(['task', 'pause', id])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await listTasks(rig)).toMatchObject([{ id, status: 'PAUSED' }]);
    expect(await rig.ctr(['task', 'resume', id])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await listTasks(rig)).toMatchObject([{ id, status: 'RUNNING' }]);
  });

  test('metrics shows memory and processes', async () => {
    const { exitCode, stdout } = await rig.ctr(['task', 'metrics', id]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(id);
    expect(stdout).toMatch(/^memory\.\S+\s+\d+/m);
    expect(stdout).toMatch(/^pids\.current\s+\d+/m);
  });

  test('rm refuses a task that runs', async () => {
    const { exitCode } = await rig.ctr(['task', 'rm', id]);
    expect(exitCode).not.toBe(0);
    expect(await listTasks(rig)).toMatchObject([{ id, status: 'RUNNING' }]);
  });

  test('kill -s 9 ends the task, and rm tells its status and forgets it', async () => {
    expect(await rig.ctr(['task', 'kill', '-s', '9', id])).toMatchObject({ exitCode: 0, stderr: '' });
    await taskReaches(rig, id, 'STOPPED');
    const removed = await rig.ctr(['task', 'rm', id]);
    expect(`${removed.stdout}${removed.stderr}`).toContain('137');
    expect(await listTasks(rig)).toEqual([]);
    expect(await rig.ctr(['container', 'rm', id])).toMatchObject({ exitCode: 0 });
  });

  test('leaves nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});
