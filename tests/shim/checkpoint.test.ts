import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { startShim } from '../support/shim/stand.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';

const counter = ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done'];

describe(ourRunsc.name, () => {
  it('goes on counting where a checkpoint found it, in a new container', async () => {
    await using stand = await startShim(ourRunsc);
    const { id, streams } = await stand.run({ args: counter });
    const last = () => Number(streams.output.stdout.trim().split('\n').at(-1));
    await eventually(() => (last() >= 5 ? true : undefined), { what: 'the counter to run' });
    const path = `${stand.folder}/image`;
    await stand.task.checkpoint({ id, path, options: undefined }, { timeoutMs: 60_000 });
    await stand.events.waitFor(({ event }) => event.type === 'TaskCheckpointed' && event.message.checkpoint === path);
    await stand.task.kill({ id, execId: '', signal: 9, all: true }).catch(() => undefined);
    await stand.task.wait({ id, execId: '' });
    await stand.task.delete({ id, execId: '' });
    const reached = last();
    await stand.task.shutdown({ id, now: false }).catch(() => undefined);
    await sleep(500);

    const again = await stand.create({ args: counter, checkpoint: path });
    await stand.task.start({ id: again.id, execId: '' }, { timeoutMs: 60_000 });
    await eventually(() => (again.streams.output.stdout.split('\n').length > 5 ? true : undefined), {
      what: 'the restored counter to run',
    });
    const first = Number(again.streams.output.stdout.split('\n')[0]);
    expect(first).toBeGreaterThan(3);
    expect(first).toBeLessThanOrEqual(reached + 3);
    await stand.task.kill({ id: again.id, execId: '', signal: 9, all: true });
    expect((await stand.task.wait({ id: again.id, execId: '' })).exitStatus).toBe(137);
    await stand.task.delete({ id: again.id, execId: '' });
    await stand.task.shutdown({ id: again.id, now: false }).catch(() => undefined);
    await stand.expectNothingLeft();
  });
});

describe(ourRunc.name, () => {
  it('answers in one line what criu could not do, and the container runs on', async () => {
    await using stand = await startShim(ourRunc);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const outcome = await stand.task
      .checkpoint({ id, path: `${stand.folder}/image`, options: undefined }, { timeoutMs: 60_000 })
      .then(
        () => 'done',
        (error: Error) => error.message,
      );
    // Whether criu works is the host's matter: either answer is right, none or a wedged container is not.
    expect(outcome).toMatch(/^done$|criu|checkpoint/i);
    if (outcome !== 'done') expect((await stand.exec(id, ['true'])).status).toBe(0);
  });
});
