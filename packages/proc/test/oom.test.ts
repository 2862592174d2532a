import { rmdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { controllers } from '../src/cgroup/cgroup-of.ts';
import { type Stand, stand } from './support/stand.ts';

let place: Stand | undefined;
const parent = `sandshim-proc-test-${process.pid}`;

afterEach(async () => {
  await place?.[Symbol.asyncDispose]();
  place = undefined;
  for (const folder of [...controllers, '']) {
    try {
      rmdirSync(`/sys/fs/cgroup/${folder}/${parent}`);
    } catch {
      // The runtime made none there.
    }
  }
});

const limited = { memoryLimit: 64 * 1024 * 1024, cgroupsPath: `/${parent}/box` };

describe.each(['runsc', 'runc'] as const)('a container below %s', (runtime) => {
  it('that grows past its memory limit says so before its exit, which says 137', async () => {
    place = await stand(runtime);
    const container = await place.create('greedy', { ...limited, args: ['sh', '-c', 'exec tail /dev/zero'] });
    await container.init.start();
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    await container.init.delete();
    expect(place.events.map(({ type }) => type)).toEqual(['create', 'start', 'oom', 'exit', 'delete']);
  });

  it('that is killed for another reason does not', async () => {
    place = await stand(runtime);
    const container = await place.create('modest', { ...limited, args: ['sleep', '100'] });
    await container.init.start();
    await container.init.kill(9);
    expect(await container.init.wait()).toMatchObject({ status: 137 });
    await container.init.delete();
    expect(place.events.map(({ type }) => type)).toEqual(['create', 'start', 'exit', 'delete']);
  });
});

describe('a container below runc', () => {
  it('that outlives a child which was killed for want of memory tells of it, and ends as it likes', async () => {
    place = await stand('runc');
    const args = ['sh', '-c', 'tail /dev/zero; sleep 1; exit 3'];
    const container = await place.create('survivor', { ...limited, args });
    await container.init.start();
    expect(await container.init.wait()).toMatchObject({ status: 3 });
    await container.init.delete();
    expect(place.events.map(({ type }) => type)).toEqual(['create', 'start', 'oom', 'exit', 'delete']);
  });
});
