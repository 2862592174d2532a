import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ctrSession,
  eventually,
  expectNoLeaks,
  type LeakSnapshot,
  listTasks,
  overTtrpc,
  type Rig,
  shimPid,
  startRig,
  takeSnapshot,
} from '../support/index.ts';

// Each containerd and each runtime at least once: what is held against them differs by containerd alone.
const cases = overTtrpc.filter(({ version, shim }) => shim.runtime === 'runsc' || version === '2.1');

describe.each(cases)('containerd that is killed under load on $name', (testCase) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig(testCase);
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test('finds every task and exec that runs, and the status of the task that ended meanwhile', async () => {
    const stay = await Promise.all(['a', 'b', 'c'].map((id) => rig.start(['sleep', '1000'], { id })));
    const short = await rig.start(['sh', '-c', 'while [ ! -e /end ]; do sleep 0.1; done; exit 8'], { id: 'short' });
    const [busy = ''] = stay;
    const shim = await shimPid(rig.containerd, busy);
    await using _exec = ctrSession(rig.containerd, ['task', 'exec', '--exec-id', 'long', busy, 'sleep', '1000']);
    await processes(rig, busy, 2);
    const [pids, descriptors] = [await pidsOf(rig, stay), await descriptorsOf(shim)];

    // In the middle of many execs, most of which fail as their containerd goes.
    const load = execs(rig, busy);
    await load.begun;
    await rig.ctr(['task', 'exec', '--exec-id', 'end', short, 'touch', '/end']);
    await rig.containerd.stop('SIGKILL');
    await load.ended;
    await rig.containerd.restart();
    expect(await pidsOf(rig, stay)).toEqual(pids);
    await eventually(async () => ((await statusOf(rig, short)) === 'STOPPED' ? true : undefined), {
      what: 'the short task to be stopped',
    });
    expect((await rig.ctr(['task', 'rm', short])).stderr).toContain('8');
    await rig.ctr(['container', 'rm', short]);

    // The exec that was there before is there still, and what its client left can be ended and forgotten.
    await processes(rig, busy, 2);
    expect(await rig.ctr(['task', 'kill', '-s', '9', '--exec-id', 'long', busy])).toMatchObject({ exitCode: 0 });
    await processes(rig, busy, 1);
    expect(await rig.ctr(['task', 'rm', '--exec-id', 'long', busy])).toMatchObject({ exitCode: expect.any(Number) });
    expect(await rig.ctr(['task', 'exec', '--exec-id', 'after', busy, 'echo', 'on'])).toMatchObject({ stdout: 'on\n' });
    await eventually(async () => ((await descriptorsOf(shim)) <= descriptors ? true : undefined), {
      what: `the shim to be back at ${descriptors} descriptors`,
    });

    for (const id of stay) await rig.remove(id);
    await expectNoLeaks(rig.containerd.scope, before);
  });
});

/** Starts execs one after another, four at a time, until containerd is gone. */
function execs(rig: Rig, id: string): { readonly begun: Promise<void>; readonly ended: Promise<unknown> } {
  const begun = Promise.withResolvers<void>();
  const lane = async (_: unknown, index: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const { exitCode } = await rig.ctr(['task', 'exec', '--exec-id', `e${index}-${count}`, id, 'true']);
      if (exitCode !== 0) return;
      begun.resolve();
    }
  };
  return { begun: begun.promise, ended: Promise.all(Array.from({ length: 4 }, lane)) };
}

async function pidsOf(rig: Rig, ids: readonly string[]): Promise<readonly (number | undefined)[]> {
  const rows = await listTasks(rig);
  return ids.map((id) => rows.find((row) => row.id === id && row.status === 'RUNNING')?.pid);
}

async function statusOf(rig: Rig, id: string): Promise<string | undefined> {
  return (await listTasks(rig)).find((row) => row.id === id)?.status;
}

/** Waits until `ctr task ps` knows this many processes. */
async function processes(rig: Rig, id: string, count: number): Promise<void> {
  const ask = async (): Promise<true | undefined> => {
    const { stdout } = await rig.ctr(['task', 'ps', id]);
    return stdout.trim().split('\n').length === count + 1 ? true : undefined;
  };
  await eventually(ask, { what: `${count} processes in ${id}`, everyMs: 50 });
}

async function descriptorsOf(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}
