import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTask } from '@sandshim/shim-server/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/index.ts';
import { ourRunsc } from '../support/shim/subject.ts';
import { ended, openWorkshop, type Workshop } from '../support/shim/workshop.ts';

const since17 = { MAX_SHIM_VERSION: '2', GRPC_ADDRESS: '/run/containerd/containerd.sock' };

let folder: string;
let shop: Workshop;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandshim-spares-'));
  shop = await openWorkshop(ourRunsc, {
    config: `spares = 1\nspare_dir = "${folder}"\nexit_grace_ms = 100\nlog_level = "debug"\n`,
  });
});
afterEach(async () => {
  for (const pid of await spares()) process.kill(pid, 'SIGKILL');
  await shop[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The pids of the spares that can be taken. */
async function spares(): Promise<readonly number[]> {
  const places = (await readdir(folder)).filter((name) => name.startsWith('io.containerd.runsc.v1.'));
  const ready = await Promise.all(
    places.map((place) =>
      access(join(folder, place, 'request')).then(
        () => place,
        () => '',
      ),
    ),
  );
  return ready.filter((place) => place !== '').map((place) => Number(place.split('.').at(-1)));
}

async function spare(): Promise<number> {
  return await eventually(async () => (await spares())[0], { what: 'a spare' });
}

/** Starts a shim for `id` in a new bundle, and has it leave again, so that there is a spare at once; answers its pid. */
async function start(id: string, options: Parameters<Workshop['invoke']>[2] = {}): Promise<number> {
  await shop.bundle(id);
  const reply = await shop.invoke(id, 'start', options);
  expect(reply).toMatchObject({ exitCode: 0, stderr: '' });
  return await pidAt(reply.text);
}

async function pidAt(address: string): Promise<number> {
  await using connection = await connectTask(address, { namespace: shop.namespace });
  const { shimPid } = await connection.task.connect({ id: 'any' });
  await connection.task.shutdown({ id: 'any', now: true });
  return shimPid;
}

describe('a spare', () => {
  it('is the server of the next start, with what that start was given, and has a successor', async () => {
    const first = await start('c1');
    const waiting = await spare();
    expect(waiting).not.toBe(first);
    await shop.bundle('c2');
    const reply = await shop.invoke('c2', 'start', { env: since17 });
    const { address, ...rest } = JSON.parse(reply.text);
    expect(rest).toEqual({ version: 2, protocol: 'ttrpc' });
    expect(address).toContain(shop.sockets);
    expect(await pidAt(address)).toBe(waiting);
    await eventually(() => shop.log('c2').includes('level=debug') || undefined, { what: 'its log in the new bundle' });
    expect(await spare()).not.toBe(waiting);
  });

  it('serves one of many starts; the others boot', async () => {
    await start('c0');
    const waiting = await spare();
    const pids = await Promise.all(['c1', 'c2', 'c3', 'c4'].map((id) => start(id)));
    expect(new Set(pids).size).toBe(4);
    expect(pids).toContain(waiting);
    await spare();
    // Five shims have planted one each, and the first has stayed.
    expect(await spares()).toHaveLength(1);
  });

  it('that was killed is noticed, and its place goes to the next', async () => {
    await start('c1');
    const killed = await spare();
    process.kill(killed, 'SIGKILL');
    await ended(killed);
    const pid = await start('c2');
    expect(pid).not.toBe(killed);
    const next = await eventually(async () => (await spares()).find((each) => each !== killed), {
      what: 'another spare',
    });
    expect(await spares()).toEqual([next]);
  });

  it('declines whoever lives in other namespaces or under other limits, and goes on waiting', async () => {
    await start('c1');
    const waiting = await spare();
    for (const [id, through] of [
      ['c2', ['unshare', '--uts']],
      ['c3', ['prlimit', '--core=0:0']],
      ['c4', ['setpriv', '--no-new-privs']],
    ] as const) {
      expect(await start(id, { through })).not.toBe(waiting);
    }
    expect(await spares()).toEqual([waiting]);
    expect(await start('c5')).toBe(waiting);
  });

  it('outlives a request that is none', async () => {
    await start('c1');
    const waiting = await spare();
    const place = join(folder, `io.containerd.runsc.v1.${waiting}`);
    await writeFile(join(place, 'taken'), '');
    await writeFile(join(place, 'request'), 'hello\n');
    await eventually(async () => ((await readdir(place)).includes('taken') ? undefined : true), {
      what: 'the refusal',
    });
    await writeFile(join(place, 'request'), '4194304 1 1\n');
    expect(await start('c2')).toBe(waiting);
  });

  it('says to its start what is wrong', async () => {
    await start('c1');
    await spare();
    await shop.bundle('c2');
    const args = ['-namespace', shop.namespace, '-id', 'c2', '-bogus'];
    const reply = await shop.invoke('c2', 'start', { args });
    expect(reply).toMatchObject({
      exitCode: 1,
      text: '',
      stderr: 'io.containerd.runsc.v1: flag provided but not defined: -bogus',
    });
  });

  it('that finds no place for itself hinders nobody', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'no folder');
    for (const id of ['c1', 'c2']) await start(id);
    await rm(folder);
    await mkdir(folder);
  });

  it('leaves at SIGTERM, and once the namespace has no container', async () => {
    await start('c1');
    const first = await spare();
    process.kill(first, 'SIGTERM');
    await ended(first);
    expect(await spares()).toEqual([]);
    await start('c2');
    const second = await spare();
    await rm(join(shop.folder, 'state'), { recursive: true });
    await ended(second);
    expect(await spares()).toEqual([]);
  });
});
