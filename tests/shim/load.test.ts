import { describe, expect, it } from 'vitest';
import { type ShimStand, startShim } from '../support/shim/stand.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';

const nothing = { stdout: '', stderr: '' };

describe.each([ourRunsc, ourRunc])('$name', (subject) => {
  it('tells each of 500 execs once, and the container last, when a kill meets them, twenty times over', async () => {
    await using stand = await startShim(subject);
    for (let round = 0; round < 20; round += 1) await meetKill(stand, round, 500);
  }, 600_000);
});

/** Starts `count` execs of true at once, kills init in the middle, and checks the exit events. */
async function meetKill(stand: ShimStand, round: number, count: number): Promise<void> {
  const { id } = await stand.run({ id: `busy-${round}`, args: ['sleep', '1000'], io: nothing });
  const names = Array.from({ length: count }, (_, index) => `e${index}`);
  for (const exec of names) await stand.addExec(id, exec, ['true'], { io: nothing });
  const starts = names.map((execId) =>
    stand.task.start({ id, execId }, { timeoutMs: 100_000 }).then(
      () => execId,
      () => undefined,
    ),
  );
  await Promise.race(starts.slice(Math.floor(count / 8)));
  await stand.task.kill({ id, execId: '', signal: 9, all: false });
  const started = (await Promise.all(starts)).filter((exec) => exec !== undefined);
  expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(137);
  await stand.events.waitFor(({ event }) => event.type === 'TaskExit' && event.message.id === id);
  const exits = stand.events.events.flatMap(({ event }) =>
    event.type === 'TaskExit' && event.message.containerId === id ? [event.message.id] : [],
  );
  expect(exits.at(-1)).toBe(id);
  expect(exits.slice(0, -1).sort()).toEqual(started.sort());
  for (const exec of names) await stand.task.delete({ id, execId: exec }).catch(() => undefined);
  await stand.task.delete({ id, execId: '' });
  await stand.task.shutdown({ id, now: false }).catch(() => undefined);
}
