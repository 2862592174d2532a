import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { type ShimStand, startShim } from '../support/shim/stand.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';

describe.each([ourRunsc, ourRunc])('$name', (subject) => {
  it('stays level over a thousand execs', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const pid = await stand.shimPid();
    // The heap has found its size after some hundreds: what grows from then on is a leak.
    await execs(stand, id, 800);
    const before = await usage(pid);
    await execs(stand, id, 1000);
    await expectLevel(pid, before);
  }, 300_000);

  it('reports 0 for each of 200 containers that end at once, and stays level', async () => {
    await using stand = await startShim(subject);
    const annotations = { 'io.containerd.runc.v2.group': 'level' };
    await stand.run({ id: 'keeper', args: ['sleep', '1000'], annotations });
    const pid = await stand.shimPid();
    await containers(stand, 40, annotations);
    const before = await usage(pid);
    await containers(stand, 200, annotations);
    expect(await stand.shimPid()).toBe(pid);
    await expectLevel(pid, before);
  }, 300_000);
});

interface Usage {
  readonly descriptors: number;
  readonly children: number;
  readonly threads: number;
  readonly privateMib: number;
}

async function usage(pid: number): Promise<Usage> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return {
    descriptors: (await readdir(`/proc/${pid}/fd`)).length,
    children: children.split(' ').filter((child) => child !== '').length,
    threads: (await readdir(`/proc/${pid}/task`)).length,
    privateMib: Number(/^Private_Dirty:\s+(\d+) kB$/m.exec(rollup)?.[1]) / 1024,
  };
}

/** Within the time that the shim takes to collect its garbage once it has nothing to do. */
async function expectLevel(pid: number, before: Usage): Promise<void> {
  const grown = (now: Usage) => ({
    descriptors: now.descriptors - before.descriptors,
    children: now.children - before.children,
    // One more may serve a call for a while; a leak of ten kilobytes per cycle stands out among what the collector leaves.
    threads: now.threads - before.threads - 1,
    privateMib: now.privateMib - before.privateMib - 10,
  });
  let last = before;
  const isLevel = async () => {
    last = await usage(pid);
    return Object.values(grown(last)).every((more) => more <= 0) || undefined;
  };
  await eventually(isLevel, { what: 'it to be level', timeoutMs: 60_000, everyMs: 200 }).catch((cause: unknown) => {
    throw new Error(`before ${JSON.stringify(before)}, after ${JSON.stringify(last)}`, { cause });
  });
}

async function execs(stand: ShimStand, id: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 8) {
    await Promise.all(
      Array.from({ length: 8 }, async (_, lane) => {
        const execId = `x${done}-${lane}`;
        await stand.addExec(id, execId, ['true'], { io: { stdout: '', stderr: '' } });
        await stand.task.start({ id, execId });
        expect((await stand.task.wait({ id, execId })).exitStatus).toBe(0);
        await stand.task.delete({ id, execId });
      }),
    );
  }
}

async function containers(stand: ShimStand, count: number, annotations: Record<string, string>): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { id } = await stand.run({ args: ['true'], io: { stdout: '', stderr: '' }, annotations });
    expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(0);
    await stand.task.delete({ id, execId: '' });
  }
}
