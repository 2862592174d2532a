import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { openSys } from '@sandshim/io/sys';
import { parsePid } from '@sandshim/runsc-client';
import { afterEach, describe, expect, it } from 'vitest';
import { cgroupOf, controllers, memoryFolder } from '../src/cgroup/cgroup-of.ts';
import { readCounter } from '../src/cgroup/read-cgroup.ts';
import { cleanUpContainer } from '../src/index.ts';
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

const megabyte = 1024 * 1024;

async function sleeper(running: Stand) {
  const limits = { memoryLimit: 64 * megabyte, cgroupsPath: `/${parent}/box` };
  const container = await running.create('box', { ...limits, args: ['sleep', '100'] });
  await container.init.start();
  return container;
}

describe.each(['runsc', 'controlled runsc', 'runc'] as const)('a container below %s', (runtime) => {
  it("has metrics of the host's cgroup version while it runs", async () => {
    place = await stand(runtime);
    const container = await sleeper(place);
    const { version, metrics } = await container.stats();
    expect(version).toBe(existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1);
    expect(metrics.pids?.current).toBeGreaterThan(0n);
    expect(metrics.memory).toBeDefined();
    expect(metrics.cpu).toBeDefined();
    await container.init.kill(9);
    await container.init.wait();
    await expect(container.stats()).rejects.toMatchObject({
      code: 'unknown',
      message: 'cannot stat a stopped container',
    });
    await container.init.delete();
  });

  it('has the limit that it is updated to', async () => {
    place = await stand(runtime);
    const container = await sleeper(place);
    await container.update({ memory: { limit: 48 * megabyte } });
    const cgroup = await cgroupOf(parsePid(container.init.snapshot.pid));
    const limit = cgroup && (cgroup.version === 2 ? 'memory.max' : 'memory.limit_in_bytes');
    expect(await readCounter(cgroup && memoryFolder(cgroup), limit ?? '')).toBe(BigInt(48 * megabyte));
    await container.init.kill(9);
    await container.init.wait();
    await container.init.delete();
  });
});

describe('a container below runc', () => {
  it('without a PID namespace of its own leaves no process behind its init', async () => {
    place = await stand('runc');
    const namespaces = ['ipc', 'uts', 'mount'];
    const args = ['sh', '-c', 'sleep 1000 & sleep 0.1'];
    const container = await place.create('box', { args, namespaces, cgroupsPath: `/${parent}/box` });
    await container.init.start();
    await container.init.wait();
    await container.init.delete();
    const members = readdirSync('/proc').filter((name) => {
      const file = `/proc/${name}/cgroup`;
      return /^[0-9]+$/.test(name) && existsSync(file) && readFileSync(file, 'utf8').includes(`${parent}/box`);
    });
    expect(members).toEqual([]);
  });
});

describe('cleaning up', () => {
  it('ends what runs in a cgroup that the runtime forgot, if it is the container alone that it is named after', async () => {
    place = await stand('runc');
    const id = place.id('lost');
    const sys = await openSys();
    for (const [name, gone] of [
      [id, true],
      ['other', false],
    ] as const) {
      const cgroup = `/sys/fs/cgroup/pids/${parent}/${name}`;
      mkdirSync(cgroup, { recursive: true });
      const left = spawn('sleep', ['1000'], { stdio: 'ignore' });
      const exited = once(left, 'exit');
      using _ = place.reaper.leaveToLibuv(parsePid(left.pid));
      writeFileSync(`${cgroup}/cgroup.procs`, String(left.pid));
      const bundle = place.workspace.bundle(name, { args: ['true'], cgroupsPath: `/${parent}/${name}` });
      await cleanUpContainer(bundle, { id, sys, runtimeFor: () => undefined });
      expect(existsSync(cgroup)).toBe(!gone);
      if (!gone) left.kill('SIGKILL');
      await exited;
      if (!gone) rmdirSync(cgroup);
    }
  });
});
