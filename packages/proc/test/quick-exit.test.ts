import { afterEach, describe, expect, it } from 'vitest';
import { type Stand, stand } from './support/stand.ts';

let place: Stand | undefined;

afterEach(async () => {
  await place?.[Symbol.asyncDispose]();
  place = undefined;
});

describe.each(['runsc', 'controlled runsc', 'runc'] as const)('a container below %s', (runtime) => {
  it('that runs true comes back as 0 every time, after its start', async () => {
    place = await stand(runtime);
    for (let round = 0; round < 20; round += 1) {
      const container = await place.create(`quick-${round}`, { args: ['true'] });
      const pid = await container.init.start();
      expect(await container.init.wait()).toMatchObject({ status: 0 });
      expect(await container.init.delete()).toMatchObject({ status: 0, pid });
      expect(place.events.splice(0).map(({ type }) => type)).toEqual(['create', 'start', 'exit', 'delete']);
    }
    expect(place.warnings).toEqual([]);
  });

  it('ends with the status of its process', async () => {
    place = await stand(runtime);
    const container = await place.create('seven', { args: ['sh', '-c', 'exit 7'] });
    await container.init.start();
    expect(await container.init.wait()).toMatchObject({ status: 7 });
    expect(container.init.snapshot).toMatchObject({ status: 'stopped', exit: { status: 7 } });
    await container.init.delete();
  });

  it.each([9, 15])('that signal %i ends says 128 more', async (signal) => {
    place = await stand(runtime);
    const container = await place.create('killed', { args: ['sh', '-c', "trap 'exit 143' TERM; sleep 100 & wait"] });
    await container.init.start();
    await container.init.kill(signal);
    expect(await container.init.wait()).toMatchObject({ status: 128 + signal });
    await container.init.delete();
  });

  it('that was only created takes SIGKILL, and can be deleted', async () => {
    place = await stand(runtime);
    const killed = await place.create('killed', { args: ['sleep', '100'] });
    await killed.init.kill(9);
    expect(await killed.init.wait()).toMatchObject({ status: 137 });
    await killed.init.delete();
    const deleted = await place.create('deleted', { args: ['sleep', '100'] });
    await deleted.init.delete();
    expect(deleted.init.snapshot.status).toBe('deleted');
    expect(place.events.map(({ type, container }) => `${container.split('-')[0]} ${type}`)).toEqual([
      'killed create',
      'killed exit',
      'killed delete',
      'deleted create',
      'deleted delete',
    ]);
    await expect(place.runtime.list()).resolves.toEqual([]);
  });

  it('that was stopped answers a late kill with not_found, or takes it', async () => {
    place = await stand(runtime);
    const container = await place.create('late', { args: ['true'] });
    await container.init.start();
    await container.init.wait();
    await expect(container.init.kill(1)).rejects.toMatchObject({ code: 'not_found' });
    const end = container.init.kill(9);
    if (runtime !== 'runc') await expect(end).resolves.toBeUndefined();
    else await expect(end).rejects.toMatchObject({ code: 'not_found', message: 'process already finished' });
    await container.init.delete();
  });

  it('does not start without its command, and says why', async () => {
    place = await stand(runtime);
    const failing = async (running: Stand) => {
      const container = await running.create('nothing', { args: ['/no/such/command'] });
      try {
        await container.init.start();
      } finally {
        await container.init.delete();
      }
    };
    await expect(failing(place)).rejects.toThrow('/no/such/command');
    await expect(place.runtime.list()).resolves.toEqual([]);
  });
});
