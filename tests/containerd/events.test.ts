import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrix, type Rig, startRig, unique, watchEvents } from '../support/index.ts';

describe.each(matrix)('ctr events on $name', (testCase) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig(testCase);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test('shows create, start, exit and delete of a container in order, once each', async () => {
    await using events = await watchEvents(rig.containerd);
    const id = unique('c');
    await rig.run(['sh', '-c', 'exit 7'], { id, flags: ['--rm'] });
    const seen = await events.settled(id);
    expect(seen.map(({ topic }) => topic)).toEqual(['/tasks/create', '/tasks/start', '/tasks/exit', '/tasks/delete']);
    const [create, start, exit, deleted] = seen;
    const pid = create?.fields['pid'];
    expect(pid).toBeGreaterThan(0);
    expect(start?.fields).toMatchObject({ pid });
    expect(exit?.fields).toMatchObject({ id, pid, exit_status: 7 });
    expect(deleted?.fields).toMatchObject({ pid, exit_status: 7 });
  });

  test('shows the events of an exec between those of its container', async () => {
    await using events = await watchEvents(rig.containerd);
    const id = await rig.start(['sleep', '1000']);
    await rig.ctr(['task', 'exec', '--exec-id', 'e1', id, 'sh', '-c', 'exit 3']);
    await rig.remove(id);
    const seen = await events.settled(id);
    expect(seen.map(({ topic }) => topic)).toEqual([
      '/tasks/create',
      '/tasks/start',
      '/tasks/exec-added',
      '/tasks/exec-started',
      '/tasks/exit',
      '/tasks/exit',
      '/tasks/delete',
    ]);
    expect(seen[2]?.fields).toMatchObject({ exec_id: 'e1' });
    expect(seen[3]?.fields).toMatchObject({ exec_id: 'e1', pid: expect.any(Number) });
    expect(seen[4]?.fields).toMatchObject({ id: 'e1', pid: seen[3]?.fields['pid'], exit_status: 3 });
    expect(seen[5]?.fields).toMatchObject({ id, exit_status: 137 });
  });

  test('shows pause and resume', async () => {
    await using events = await watchEvents(rig.containerd);
    const id = await rig.start(['sleep', '1000']);
    await rig.ctr(['task', 'pause', id]);
    await rig.ctr(['task', 'resume', id]);
    await rig.remove(id);
    const topics = (await events.settled(id)).map(({ topic }) => topic);
    expect(topics).toEqual([
      '/tasks/create',
      '/tasks/start',
      '/tasks/paused',
      '/tasks/resumed',
      '/tasks/exit',
      '/tasks/delete',
    ]);
  });
});
