import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { leakScope, leaksBetween, takeSnapshot, unique } from '../support/index.ts';
import { removeCgroups } from '../support/leaks/cgroups.ts';
import { shimSocket } from '../support/leaks/sockets.ts';

/** A scope of its own with an empty folder. */
async function emptyScope() {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-leaks-'));
  const scope = leakScope({ folder, namespace: unique('leaks'), daemonPid: process.pid });
  return { scope, folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

describe('the leak count', () => {
  test('finds nothing where nothing happened', async () => {
    await using empty = await emptyScope();
    const before = await takeSnapshot(empty.scope);
    expect(leaksBetween(before, await takeSnapshot(empty.scope))).toEqual([]);
  });

  test('names a process by its command line', async () => {
    await using empty = await emptyScope();
    const before = await takeSnapshot(empty.scope);
    const child = spawn('sh', ['-c', 'read -r _', empty.folder], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      expect(leaksBetween(before, await takeSnapshot(empty.scope))).toEqual([
        `process: ${child.pid} sh -c read -r _ ${empty.folder}`,
      ]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('finds a process by its working folder and by its environment', async () => {
    await using empty = await emptyScope();
    const before = await takeSnapshot(empty.scope);
    const byFolder = spawn('cat', { cwd: empty.folder });
    const byEnvironment = spawn('cat', { env: { HOME: `${empty.folder}/home` } });
    try {
      expect(leaksBetween(before, await takeSnapshot(empty.scope)).toSorted()).toEqual(
        [`process: ${byFolder.pid} cat`, `process: ${byEnvironment.pid} cat`].toSorted(),
      );
    } finally {
      byFolder.kill('SIGKILL');
      byEnvironment.kill('SIGKILL');
    }
  });

  test('names a mount', async () => {
    await using empty = await emptyScope();
    const before = await takeSnapshot(empty.scope);
    const point = join(empty.folder, 'a b');
    await mkdir(point);
    await execa('mount', ['-t', 'tmpfs', 'none', point]);
    try {
      expect(leaksBetween(before, await takeSnapshot(empty.scope))).toEqual([`mount: ${point}`]);
    } finally {
      await execa('umount', [point]);
    }
  });

  test('names a socket that nobody listens on, and not one that is served', async () => {
    await using empty = await emptyScope();
    await mkdir('/run/containerd/s', { recursive: true });
    const before = await takeSnapshot(empty.scope);
    empty.scope.groups.add('served').add('dead').add('gone');
    const served = shimSocket(empty.scope, 'served');
    const dead = shimSocket(empty.scope, 'dead');
    const server = createServer().listen(served);
    await writeFile(dead, '');
    try {
      expect(leaksBetween(before, await takeSnapshot(empty.scope))).toEqual([`dead socket: ${dead}`]);
    } finally {
      server.close();
      await rm(dead);
    }
  });

  test('names a bundle, a cgroup and the state of a runtime', async () => {
    await using empty = await emptyScope();
    const before = await takeSnapshot(empty.scope);
    const bundle = join(empty.folder, 'state', 'io.containerd.runtime.v2.task', 'ns', 'c1');
    const hierarchy = (await stat('/sys/fs/cgroup/memory').catch(() => undefined)) === undefined ? '' : '/memory';
    const cgroup = `/sys/fs/cgroup${hierarchy}${empty.scope.cgroupParent}/c1`;
    const state = join(empty.scope.runtimeRoots[0] ?? '', 'c1');
    await Promise.all([bundle, cgroup, state].map((folder) => mkdir(folder, { recursive: true })));
    try {
      expect(leaksBetween(before, await takeSnapshot(empty.scope))).toEqual([
        `cgroup: ${cgroup}`,
        `bundle: ${bundle}`,
        `runtime state: ${state}`,
      ]);
    } finally {
      await removeCgroups(empty.scope.cgroupParent);
    }
  });
});
