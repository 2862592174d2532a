import { describe, expect, it } from 'vitest';
import { startShim } from '../support/shim/stand.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';

describe.each([ourRunsc, ourRunc])('$name', (subject) => {
  it('tells every event once and in order across deaths of the receiver under load', async () => {
    await using stand = await startShim(subject);
    const { id } = await stand.run({ args: ['sleep', '1000'] });
    const names = Array.from({ length: 40 }, (_, index) => `e${index}`);
    for (const [index, execId] of names.entries()) {
      if (index % 10 === 3) await stand.events.kill();
      if (index % 10 === 6) await stand.events.restart();
      await stand.addExec(id, execId, ['true'], { io: { stdout: '', stderr: '' } });
      await stand.task.start({ id, execId });
      await stand.task.wait({ id, execId });
      await stand.task.delete({ id, execId });
    }
    await stand.events.waitFor(({ event }) => event.type === 'TaskExit' && event.message.id === names.at(-1));
    const ofExecs = stand.events.events.flatMap(({ event }) => {
      if (event.type === 'TaskExecAdded' || event.type === 'TaskExecStarted')
        return [[event.message.execId, event.type]];
      return event.type === 'TaskExit' ? [[event.message.id, event.type]] : [];
    });
    expect(ofExecs).toEqual(
      names.flatMap((exec) => [
        [exec, 'TaskExecAdded'],
        [exec, 'TaskExecStarted'],
        [exec, 'TaskExit'],
      ]),
    );
  });

  it('answers every call while nobody takes events', async () => {
    await using stand = await startShim(subject);
    await stand.events.kill();
    const { id } = await stand.run({ args: ['sh', '-c', 'sleep 0.2; exit 3'] });
    expect((await stand.exec(id, ['true'])).status).toBe(0);
    expect((await stand.task.wait({ id, execId: '' })).exitStatus).toBe(3);
    await stand.task.delete({ id, execId: '' });
  });
});
