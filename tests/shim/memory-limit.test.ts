import { describe, expect, it } from 'vitest';
import { startShim } from '../support/shim/stand.ts';
import { goRunc, ourRunc, ourRunsc } from '../support/shim/subject.ts';

const mib = 1024 * 1024;

describe.each([ourRunsc, ourRunc, goRunc])('$name', (subject) => {
  it('tells that a container ran out of memory before it tells the exit with 137', async () => {
    await using stand = await startShim(subject);
    // A sandbox's own kernel needs more room than a process of the host.
    const limit = (subject.runtime === 'runsc' ? 128 : 32) * mib;
    const { id } = await stand.run({
      args: ['dd', 'if=/dev/zero', 'of=/tmp/big', 'bs=1M', 'count=900'],
      resources: { memory: { limit, swap: limit } },
    });
    expect((await stand.task.wait({ id, execId: '' }, { timeoutMs: 60_000 })).exitStatus).toBe(137);
    await stand.events.waitFor(({ event }) => event.type === 'TaskExit');
    // The Go shim may tell it several times over.
    const told = stand.events.topics.filter((topic, index, all) => topic !== all[index - 1]);
    expect(told).toEqual(['/tasks/create', '/tasks/start', '/tasks/oom', '/tasks/exit']);
    expect(stand.events.events[2]?.event).toEqual({ type: 'TaskOOM', message: { containerId: id } });
  });
});
