import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseContainerId, Runsc, type RunscOptions } from '@sandshim/runsc-client';
import { makeSubject } from '@sandshim/runsc-client/testing';
import { expect, test, vi } from 'vitest';
import { laterSuites } from '../../../tests/support/later-suites.ts';
import { testRootfs } from './support/rootfs.ts';

const id = parseContainerId('checkpoint');
const flags = { network: 'none', 'ignore-cgroups': true } as const;

const versions: Readonly<Record<string, RunscOptions>> = {
  'runsc, platform ptrace': { flags: { ...flags, platform: 'ptrace' } },
  'runsc of 2024, platform systrap': {
    command: join(laterSuites().runsc2024, 'runsc'),
    flags: { ...flags, platform: 'systrap' },
  },
};

test.each(Object.entries(versions))('%s saves a container, and restores it where it was', async (_name, options) => {
  const image = await mkdtemp(join(tmpdir(), 'image-'));
  await using subject = await makeSubject((root) => new Runsc({ ...options, root }), await testRootfs());
  const { runtime } = subject;
  // What it counts is in its memory alone.
  const bundle = await subject.bundle([
    '/bin/sh',
    '-c',
    'i=0; while :; do i=$((i+1)); echo $i >/tmp/count; sleep 0.1; done',
  ]);
  const count = async () => {
    const cat = { args: ['cat', '/tmp/count'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };
    return Number((await runtime.exec(id, { process: cat })).stdout);
  };
  await runtime.create(id, { bundle });
  await runtime.start(id);
  await vi.waitFor(async () => expect(await count()).toBeGreaterThan(5), { timeout: 30_000, interval: 100 });
  const before = await count();
  await runtime.checkpoint(id, { imagePath: image });
  expect(await readdir(image)).toContain('checkpoint.img');
  await runtime.delete(id, { force: true });

  const pidFile = join(image, 'pid');
  await runtime.restore(id, { bundle, imagePath: image, detach: true, pidFile });
  expect(await runtime.state(id)).toMatchObject({ status: 'running', pid: Number(await readFile(pidFile, 'utf8')) });
  await vi.waitFor(async () => expect(await count()).toBeGreaterThan(before), { timeout: 30_000, interval: 100 });
  await rm(image, { recursive: true });
});
