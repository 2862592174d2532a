import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { spawnCommand } from '@sandshim/runsc-client';
import { describe, expect, it } from 'vitest';
import { execOf, type Stand, stand } from './support/stand.ts';

const sys = await openSys();

/** What a process can leave behind: descriptors, children, mounts below the folder, listeners. */
function counts(place: Stand) {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^[0-9]+$/.test(name) || !existsSync(`/proc/${name}/stat`)) return false;
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(process.pid);
  });
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    children: children.length,
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split(place.workspace.folder).length - 1,
    listeners: process.listenerCount('SIGCHLD'),
  };
}

async function cycle(place: Stand, name: string): Promise<void> {
  const rootfs = [{ type: 'bind', source: place.workspace.rootfs, options: ['rbind', 'ro'] }];
  const container = await place.create(name, { args: ['sleep', '100'], rootfs: 'rootfs', with: { rootfs } });
  await container.init.start();
  for (const exec of ['one', 'two', 'three'].map((id) => execOf(container, id, ['true']))) {
    await exec.start();
    await exec.wait();
    await exec.delete();
  }
  await container.init.kill(9);
  await container.init.wait();
  await container.init.delete();
}

describe.each(['runsc', 'controlled runsc', 'runc'] as const)('containers and execs below %s', (runtime) => {
  it('leave no descriptor, child, mount or listener behind', async () => {
    await using place = await stand(runtime, { openIo: (io) => openProcessIo(io, { sys, spawn: spawnCommand }) });
    await cycle(place, 'warm-up');
    const before = counts(place);
    for (let round = 0; round < 5; round += 1) await cycle(place, `round-${round}`);
    expect(counts(place)).toEqual(before);
    expect(before.mounts).toBe(0);
    expect(place.warnings).toEqual([]);
  });

  it('that could not be created leave nothing behind either', async () => {
    await using place = await stand(runtime, { openIo: (io) => openProcessIo(io, { sys, spawn: spawnCommand }) });
    const rootfs = [{ type: 'bind', source: place.workspace.rootfs, options: ['rbind', 'ro'] }];
    const good = await place.create('twice', { args: ['sleep', '100'], rootfs: 'rootfs', with: { rootfs } });
    const before = counts(place);
    const failures = [
      place.create('broken', { args: ['true'], rootfs: '/no/such/folder' }),
      place.create('unmounted', {
        args: ['true'],
        rootfs: 'rootfs',
        with: { rootfs: [...rootfs, { type: 'bind', source: '/no/such/folder', options: ['bind'] }] },
      }),
      place.create('same', { args: ['true'], rootfs: 'rootfs', with: { rootfs, id: good.id } }),
    ];
    for (const { status } of await Promise.allSettled(failures)) expect(status).toBe('rejected');
    await expect(failures[2]).rejects.toMatchObject({ code: 'already_exists' });
    expect(counts(place)).toEqual(before);
    expect((await place.runtime.list()).map(({ id }) => id)).toEqual([good.id]);
    await good.init.delete();
  });
});
