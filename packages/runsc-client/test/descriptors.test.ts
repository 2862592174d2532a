import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle, parseContainerId, parseFd, Runc, Runsc, run } from '@sandshim/runsc-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { laterSuites } from '../../../tests/support/later-suites.ts';
import { testRootfs } from './support/rootfs.ts';

const id = parseContainerId('descriptors');
const flags = { network: 'none', 'ignore-cgroups': true } as const;
let folder: string;
let rootfs: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'descriptors-'));
  rootfs = await testRootfs();
});
afterAll(() => rm(folder, { recursive: true }));

const bundleOf = (args: readonly string[]) => createBundle({ rootfs, args, user: { uid: 0, gid: 0 } });

test('runc hands further descriptors to the process, from 3 on', async () => {
  await using file = await open(join(folder, 'runc'), 'w');
  await using bundle = await bundleOf(['/bin/sh', '-c', 'echo three >&3; echo four >&4']);
  const runc = new Runc({ root: join(folder, 'runc-root') });
  const fd = parseFd(file.fd);
  const { exitStatus } = await runc.run(id, { bundle: bundle.path, preserveFds: [fd, fd] });
  expect(exitStatus).toBe(0);
  expect(await readFile(join(folder, 'runc'), 'utf8')).toBe('three\nfour\n');
});

test('runsc of 2024 hands descriptors to the process under numbers of their own', async () => {
  await using file = await open(join(folder, 'runsc'), 'w');
  await using bundle = await bundleOf(['/bin/sh', '-c', 'echo seven >&7']);
  const command = join(laterSuites().runsc2024, 'runsc');
  const runsc = new Runsc({ command, root: join(folder, 'runsc-root'), flags });
  const passFds = [{ fd: parseFd(file.fd), target: 7 }];
  const result = await runsc.run(id, { bundle: bundle.path, passFds });
  expect(result).toEqual({ exitStatus: 0, stdout: '', stderr: '' });
  expect(await readFile(join(folder, 'runsc'), 'utf8')).toBe('seven\n');
});

test.each([
  ['runsc', (root: string) => new Runsc({ root, flags })],
  ['runc', (root: string) => new Runc({ root })],
] as const)('%s writes a megabyte to stdout and to stderr, and the first is kept whole', async (_name, make) => {
  await using bundle = await bundleOf(['/bin/sh', '-c', 'yes o | head -c 1000000; yes e | head -c 1000000 >&2']);
  const { stdout, stderr } = await run(make(join(folder, 'flood-root')), { bundle: bundle.path });
  expect(stdout.length).toBe(1_000_000);
  expect(stderr).toBe('e\n'.repeat(32 * 1_024));
});

test('a run whose time is up leaves no container', async () => {
  await using bundle = await bundleOf(['sleep', '1000']);
  const runsc = new Runsc({ root: join(folder, 'timeout-root'), flags });
  await expect(run(runsc, { bundle: bundle.path, timeoutMs: 500 })).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
  expect(await runsc.list()).toEqual([]);
});

test('a command that is to die with its parent still does its work, and the container lives on', async () => {
  await using bundle = await bundleOf(['sleep', '1000']);
  const runsc = new Runsc({ root: join(folder, 'parent-root'), flags, killWithParent: true });
  await runsc.create(id, { bundle: bundle.path });
  await runsc.start(id);
  expect(await runsc.state(id)).toMatchObject({ status: 'running' });
  await runsc.delete(id, { force: true });
});
