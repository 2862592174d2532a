import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSys } from '@sandshim/io/sys';
import { parsePid, Runc, Runsc } from '@sandshim/runsc-client';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUpContainer, type SavedState } from '../src/index.ts';
import { type Stand, stand } from './support/stand.ts';

let place: Stand | undefined;

afterEach(async () => {
  await place?.[Symbol.asyncDispose]();
  place = undefined;
});

const runtimeFor = (saved: SavedState | undefined) => {
  if (saved === undefined) return undefined;
  const { root, binary: command } = saved;
  return saved.runtime === 'runsc'
    ? new Runsc({ root, command, flags: saved.flags ?? {} })
    : new Runc({ root, command });
};

/** Command lines of processes that name `folder`. */
const processesOf = (folder: string) =>
  readdirSync('/proc').filter((name) => {
    if (!/^[0-9]+$/.test(name) || Number(name) === process.pid || !existsSync(`/proc/${name}/cmdline`)) return false;
    return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(folder);
  });

describe.each(['runsc', 'runc'] as const)('a container below %s whose shim was killed', (runtime) => {
  it('is cleaned up with all that it had, as often as it is asked for', async () => {
    place = await stand(runtime);
    const { folder } = place.workspace;
    const id = place.id('orphan');
    const bundle = place.workspace.bundle('orphan', { args: ['sleep', '1000'], rootfs: 'rootfs' });
    const options = { runtime, root: place.root, id, bundle, image: place.workspace.rootfs };
    const program = fileURLToPath(new URL('./support/orphan-maker.ts', import.meta.url));
    const argv = ['--conditions=@sandshim/source', program, JSON.stringify(options)];
    const shim = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    using _ = place.reaper.leaveToLibuv(parsePid(shim.pid));
    const [started] = await once(shim.stdout, 'data');
    const pid = Number(String(started));
    shim.kill('SIGKILL');
    await once(shim, 'exit');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toContain(join(bundle, 'rootfs'));

    const sys = await openSys();
    const warnings: string[] = [];
    const cleaned = { id, sys, runtimeFor, onWarning: (message: string) => warnings.push(message) };
    expect(await cleanUpContainer(bundle, cleaned)).toMatchObject({ pid, status: 137 });
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(join(bundle, 'rootfs'));
    await expect(place.runtime.list()).resolves.toEqual([]);
    expect(processesOf(folder)).toEqual([]);
    expect(await cleanUpContainer(bundle, cleaned)).toMatchObject({ pid, status: 137 });
    expect(await cleanUpContainer(join(folder, 'no-such-bundle'), cleaned)).toMatchObject({ status: 137 });
    expect(warnings).toEqual([]);
  });
});
