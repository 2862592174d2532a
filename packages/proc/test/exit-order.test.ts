import { parseExecId } from '@sandshim/runsc-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContainerEvent } from '../src/index.ts';
import { processOf } from './support/bundle.ts';
import { execOf, type Stand, stand } from './support/stand.ts';

let place: Stand | undefined;

afterEach(async () => {
  await place?.[Symbol.asyncDispose]();
  place = undefined;
});

const exits = (events: readonly ContainerEvent[]) => events.filter((event) => event.type === 'exit');

describe.each(['runsc', 'controlled runsc', 'runc'] as const)('execs below %s', (runtime) => {
  it('end with their own status', async () => {
    place = await stand(runtime);
    const container = await place.create('box', { args: ['sleep', '100'] });
    await container.init.start();
    const exec = execOf(container, 'five', ['sh', '-c', 'exit 5']);
    const pid = await exec.start();
    expect(await exec.wait()).toMatchObject({ status: 5 });
    expect(await exec.delete()).toMatchObject({ status: 5, pid });
    expect(container.execIds).toEqual([]);
    const missing = execOf(container, 'missing', ['/no/such/command']);
    await expect(missing.start()).rejects.toThrow('/no/such/command');
    expect(await missing.wait()).toMatchObject({ status: 128 });
    await missing.delete();
    await container.init.kill(9);
    await container.init.wait();
    await container.init.delete();
    expect(place.events.filter(({ type }) => type.startsWith('exec'))).toHaveLength(3);
  });

  it('are killed one by one, and told apart by their pids', async () => {
    place = await stand(runtime);
    const container = await place.create('box', { args: ['sleep', '100'] });
    await container.init.start();
    const first = execOf(container, 'first', ['sleep', '50']);
    await expect(first.kill(9)).rejects.toMatchObject({ code: 'failed_precondition', message: 'process not created' });
    await first.start();
    const second = execOf(container, 'second', ['sleep', '50']);
    await second.start();
    const listed = (await container.pids()).map(({ exec }) => exec);
    expect(listed.toSorted()).toEqual(['first', 'second', undefined]);
    await first.kill(9);
    expect(await first.wait()).toMatchObject({ status: 137 });
    await expect(first.kill(9)).rejects.toMatchObject({ code: 'not_found' });
    expect(second.snapshot.status).toBe('running');
    await container.pause();
    expect(second.snapshot.status).toBe('paused');
    expect(() => execOf(container, 'third', ['true'])).toThrow('cannot exec in a paused state');
    await container.resume();
    await container.init.kill(9);
    await container.init.wait();
    expect(second.snapshot).toMatchObject({ status: 'stopped', exit: { status: 137 } });
    await container.init.delete();
  });

  it('that run while init is killed each exit exactly once, and init is the last', async () => {
    place = await stand(runtime);
    const container = await place.create('storm', { args: ['sleep', '100'] });
    await container.init.start();
    const execs = Array.from({ length: 40 }, (_, index) => execOf(container, `exec-${index}`, ['true']));
    const starts = execs.map((exec) => exec.start());
    await Promise.race(starts);
    await container.init.kill(9);
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    const started = (await Promise.allSettled(starts)).filter(({ status }) => status === 'fulfilled').length;
    const refused = execOf.bind(undefined, container, 'late', ['true']);
    expect(refused).toThrow('cannot exec in a stopped state');

    const told = exits(place.events);
    expect(told.at(-1)).not.toHaveProperty('exec');
    expect(told).toHaveLength(started + 1);
    const ids = told.flatMap((event) => ('exec' in event ? [event.exec] : []));
    expect(new Set(ids).size).toBe(started);
    for (const id of ids) {
      const mine = place.events.filter((event) => 'exec' in event && event.exec === id).map(({ type }) => type);
      expect(mine).toEqual(['exec-added', 'exec-started', 'exit']);
    }
    await container.init.delete();
  });

  it('work in a container and under a name that runsc would trip over', async () => {
    place = await stand(runtime);
    const container = await place.create('detached', { args: ['sleep', '100'] });
    await container.init.start();
    const five = execOf(container, 'detach', ['sh', '-c', 'exit 5']);
    await five.start();
    expect(await five.wait()).toMatchObject({ status: 5 });
    await expect(execOf(container, 'missing', ['/no/such/command']).start()).rejects.toThrow('/no/such/command');
    const sleeper = execOf(container, 'sleeper', ['sleep', '50']);
    await sleeper.start();
    await sleeper.kill(9);
    expect(await sleeper.wait()).toMatchObject({ status: 137 });
    await container.init.kill(9);
    await container.init.wait();
    await container.init.delete();
  });

  it('are refused once init has ended', async () => {
    place = await stand(runtime);
    const container = await place.create('box', { args: ['sleep', '100'] });
    await container.init.start();
    const exec = container.addExec(parseExecId('late'), {
      ...{ stdin: '', stdout: '', stderr: '', terminal: false },
      process: processOf(['true']),
    });
    await container.init.kill(9);
    await container.init.wait();
    await expect(exec.start()).rejects.toMatchObject({
      code: 'failed_precondition',
      message: `container ${container.id} init process is not running`,
    });
    await exec.delete();
    await container.init.delete();
  });
});
