import { readdirSync } from 'node:fs';
import { type ContainerId, parseContainerId, type RunningExec, type RuntimeStdio } from '@sandshim/runsc-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { openRig, type Rig, runscsUnderTest } from './rig.ts';

const stdio: RuntimeStdio = { stdin: null, stdout: null, stderr: null };

describe.each(runscsUnderTest)('exits on the control socket of $name', (runsc) => {
  let rig: Rig;
  let id: ContainerId;
  beforeAll(async () => {
    rig = await openRig(runsc);
    id = await rig.running('c1');
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  async function start(script: string, container = id): Promise<RunningExec> {
    const running = await rig.controlled.startExec(container, {
      process: { args: ['sh', '-c', script], cwd: '/' },
      stdio,
    });
    if (running === undefined) throw new Error(`no exec by socket: ${rig.commands.at(-1)}`);
    return running;
  }

  const gone = (pid: number, container = id) =>
    eventually(async () => ((await rig.controlled.ps(container)).includes(pid) ? undefined : true), {
      what: `end of ${pid}`,
    });

  it('keep the status of a process that ended before anybody asked', async () => {
    const running = await start('exit 5');
    await gone(running.internalPid);
    await expect(running.exit).resolves.toEqual({ exitStatus: 5 });
  });

  it('leave nothing in the sandbox of a process that nobody waits for any more', async () => {
    const running = await start('exec sleep 1000');
    running[Symbol.dispose]();
    await rig.controlled.kill(id, 9, { pid: running.internalPid });
    await gone(running.internalPid);
    await expect(running.exit).rejects.toMatchObject({ code: 'canceled' });
    // The sandbox still serves the wait that was given up, and forgets the process with it.
    const forgotten = async () => {
      const asked = await settled(rig.controlled.wait(id, { pid: running.internalPid }));
      return asked.status === 'rejected' ? asked.reason : undefined;
    };
    await expect(eventually(forgotten, { what: 'no such process' })).resolves.toMatchObject({ code: 'not_found' });
  });

  it('are each reported with their own status, forty at a time', async () => {
    const statuses = Array.from({ length: 40 }, (_, index) => index + 1);
    const exits = await Promise.all(statuses.map(async (status) => (await start(`exit ${status}`)).exit));
    expect(exits.map(({ exitStatus }) => exitStatus)).toEqual(statuses);
    expect(await rig.controlled.ps(id)).toEqual([1]);
  });

  it.each([
    [15, 143],
    [9, 137],
  ])('of a process that signal %i ends have the status %i', async (signal, status) => {
    const running = await start('exec sleep 1000');
    await expect(rig.controlled.ps(id)).resolves.toContain(running.internalPid);
    await rig.controlled.kill(id, signal, { pid: running.internalPid });
    await expect(running.exit).resolves.toEqual({ exitStatus: status });
  });

  it('of a process that another wait already got are not found', async () => {
    const running = await start('exit 8');
    await running.exit;
    await expect(rig.controlled.wait(id, { pid: running.internalPid })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leave no descriptor open, here or in the sandbox', async () => {
    const { pid: sandbox } = await rig.command.state(id);
    const open = () => [readdirSync('/proc/self/fd').length, readdirSync(`/proc/${sandbox}/fd`).length];
    await (await start('true')).exit;
    const before = open();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 10 }, async () => (await start('true')).exit));
      await rig.controlled.ps(id);
    }
    await eventually(() => (open().every((count, index) => count <= (before[index] ?? 0)) ? true : undefined), {
      what: `descriptors ${before} again`,
    });
  });

  it('of a whole container come to everyone who waits, at any time', async () => {
    const spec = { annotations: { 'io.kubernetes.cri.container-type': 'sandbox' } };
    await rig.running('pod', { spec });
    const annotations = {
      'io.kubernetes.cri.container-type': 'container',
      'io.kubernetes.cri.sandbox-id': 'pod',
    };
    const member = await rig.running('member', { spec: { annotations } });
    const used = rig.commands.length;
    const waits = [rig.controlled.wait(member), rig.controlled.wait(member)];
    const exec = await start('sleep 1000', member);
    await rig.controlled.kill(member, 9, { all: true });
    await expect(Promise.all(waits)).resolves.toEqual([{ exitStatus: 137 }, { exitStatus: 137 }]);
    await expect(exec.exit).resolves.toEqual({ exitStatus: 137 });
    await expect(rig.controlled.wait(member)).resolves.toEqual({ exitStatus: 137 });
    expect(rig.commands.slice(used)).toEqual([]);
  });

  it('of a root container are told when its sandbox is gone', async () => {
    const root = await rig.running('root', { process: { args: ['sh', '-c', 'sleep 1; exit 9'] } });
    await expect(rig.controlled.wait(root)).resolves.toEqual({ exitStatus: 9 });
    await expect(rig.command.state(root)).resolves.toMatchObject({ status: 'stopped' });
  });

  it('of an exec are reported with its container, or not at all when its sandbox is killed', async () => {
    const first = await rig.running('first', { process: { args: ['sh', '-c', 'sleep 1; exit 0'] } });
    const exec = await start('sleep 1000', first);
    await expect(exec.exit).resolves.toEqual({ exitStatus: 137 });
    const second = await rig.running('second');
    const lost = await start('sleep 1000', second);
    process.kill(lost.sandboxPid, 'SIGKILL');
    await expect(lost.exit).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are those of the new container after another of the same id', async () => {
    const again = parseContainerId('again');
    await rig.running('again');
    const lost = await start('sleep 1000', again);
    await rig.command.delete(again, { force: true });
    await settled(lost.exit);
    await rig.command.create(again, { bundle: `${rig.folder}/bundle-again` });
    await rig.command.start(again);
    const running = await start('exit 4', again);
    expect(running.sandboxPid).not.toBe(lost.sandboxPid);
    await expect(running.exit).resolves.toEqual({ exitStatus: 4 });
  });
});

function settled(promise: Promise<unknown>): Promise<PromiseSettledResult<unknown>> {
  return Promise.allSettled([promise]).then(([result]) => result);
}
