import { type ContainerId, parseContainerId, parsePid, type Runtime, SandshimError } from '@sandshim/runsc-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { openRig, type Rig, runscsUnderTest } from './rig.ts';

/** What came of a call: its value, or the code and message of its failure. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return { value: (await call) ?? 'done' };
  } catch (error) {
    const { code, message } = SandshimError.from(error);
    return { code, message: message.replaceAll(/\/tmp\/[^ ",:]+/g, 'FILE') };
  }
}

/** Calls that change nothing, or are refused, whatever the container's state. */
const calls: readonly (readonly [string, (runtime: Runtime, id: ContainerId) => Promise<unknown>])[] = [
  ['state', (runtime, id) => runtime.state(id)],
  ['ps', (runtime, id) => runtime.ps(id)],
  ['stats', async (runtime, id) => ({ ...(await runtime.stats(id)), cpu: 'changes', memory: 'changes' })],
  ['kill with SIGCONT', (runtime, id) => runtime.kill(id, 18)],
  ['kill --all with SIGCONT', (runtime, id) => runtime.kill(id, 18, { all: true })],
  ['kill --pid of the init', (runtime, id) => runtime.kill(id, 18, { pid: 1 })],
  ['kill --pid of nobody', (runtime, id) => runtime.kill(id, 18, { pid: 4_000 })],
  ['kill --pid and --all', (runtime, id) => runtime.kill(id, 18, { pid: 1, all: true })],
  ['kill with signal 0', (runtime, id) => runtime.kill(id, 0)],
  ['kill with a real-time signal', (runtime, id) => runtime.kill(id, 40)],
  ['kill with a signal that is none', (runtime, id) => runtime.kill(id, 400)],
  ['wait --pid of nobody', (runtime, id) => runtime.wait(id, { pid: 4_000 })],
];

describe.each(runscsUnderTest)('the control socket of $name', (runsc) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig(runsc);
    await rig.command.create(parseContainerId('created'), { bundle: await rig.bundle('created') });
    await rig.running('running');
    await rig.command.pause(await rig.running('paused'));
    await untilStopped(rig, await rig.running('stopped', { process: { args: ['true'] } }));
    const killed = await rig.running('killed');
    const { pid } = await rig.command.state(killed);
    process.kill(parsePid(pid), 'SIGKILL');
    await untilStopped(rig, killed);
    await pod(rig);
  });
  afterAll(async () => {
    await rig.command.resume(parseContainerId('paused'));
    await rig[Symbol.asyncDispose]();
  });

  const states = ['created', 'running', 'paused', 'stopped', 'killed', 'absent', 'pod', 'member', 'left', 'unstarted'];

  describe.each(states)('on the container "%s"', (name) => {
    it.each(calls)('answers %s as the command line does', async (_verb, call) => {
      const id = parseContainerId(name);
      const byCommand = await outcomeOf(call(rig.command, id));
      expect(await outcomeOf(call(rig.controlled, id))).toEqual(byCommand);
      expect(await outcomeOf(call(rig.command, id))).toEqual(byCommand);
    });
  });

  it.each(['running', 'pod', 'member'])('is what answers on the container "%s"', async (name) => {
    const id = parseContainerId(name);
    const used = rig.commands.length;
    await rig.controlled.state(id);
    await rig.controlled.ps(id);
    await rig.controlled.stats(id);
    await rig.controlled.kill(id, 18);
    await rig.controlled.kill(id, 18, { all: true });
    expect(rig.commands.slice(used)).toEqual([]);
  });

  it('counts memory and processor time as the command line does', async () => {
    const id = parseContainerId('running');
    const [bySocket, byCommand] = [await rig.controlled.stats(id), await rig.command.stats(id)];
    expect(bySocket.memory).toEqual(byCommand.memory);
    // The command itself makes the sandbox work, so time goes on between the two.
    expect(bySocket.cpu.totalNs).toBeGreaterThan(0n);
    expect(byCommand.cpu.totalNs).toBeGreaterThanOrEqual(bySocket.cpu.totalNs);
    expect(Number(byCommand.cpu.totalNs - bySocket.cpu.totalNs)).toBeLessThan(1e9);
  });
});

async function untilStopped(rig: Rig, id: ContainerId): Promise<void> {
  const stopped = async () => ((await rig.command.state(id)).status === 'stopped' ? true : undefined);
  await eventually(stopped, { what: `the end of ${id}` });
}

/** A pod: its sandbox, a container that runs, one whose init has ended, and one that was never started. */
async function pod(rig: Rig): Promise<void> {
  await rig.running('pod', { spec: { annotations: { 'io.kubernetes.cri.container-type': 'sandbox' } } });
  const spec = {
    annotations: { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': 'pod' },
  };
  await rig.running('member', { spec });
  await rig.command.wait(await rig.running('left', { spec, process: { args: ['sh', '-c', 'exit 3'] } }));
  await rig.command.create(parseContainerId('unstarted'), { bundle: await rig.bundle('unstarted', { spec }) });
}
