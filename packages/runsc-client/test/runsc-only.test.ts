import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseContainerId, Runc, Runsc, type Runtime } from '@sandshim/runsc-client';
import { type ComplianceSubject, makeSubject } from '@sandshim/runsc-client/testing';
import { expect, test, vi } from 'vitest';
import { testRootfs } from './support/rootfs.ts';

const id = parseContainerId('only');
const flags = { network: 'none', 'ignore-cgroups': true } as const;

async function running(): Promise<{ readonly subject: ComplianceSubject; readonly runsc: Runsc }> {
  const made: Runsc[] = [];
  const subject = await makeSubject(
    (root): Runtime => {
      const runsc = new Runsc({ root, flags });
      made.push(runsc);
      return runsc;
    },
    await testRootfs(),
  );
  const [runsc] = made;
  if (runsc === undefined) throw new Error('no client was made');
  await runsc.create(id, { bundle: await subject.bundle(['sleep', '1000']) });
  await runsc.start(id);
  return { subject, runsc };
}

test('usage tells the memory of the sandbox in bytes, in short and in full', async () => {
  const { subject, runsc } = await running();
  await using _ = subject;
  for (const full of [false, true]) {
    const { totalBytes, categories } = await runsc.usage(id, { full });
    expect(totalBytes).toBeGreaterThan(0);
    expect(categories).toHaveProperty('Mapped');
  }
});

test('debug prints the stacks of the sandbox, and its processes', async () => {
  const { subject, runsc } = await running();
  await using _ = subject;
  expect(await runsc.debug(id, { stacks: true })).toMatch(/goroutine \d+ \[/);
  expect(await runsc.debug(id, { ps: true })).toMatch(/"cmd": "sleep"/);
  expect(await runsc.debug(id, { strace: ['openat'], logLevel: 'debug' })).toMatch(/Logging options changed/i);
});

test('a process in the container is waited for, and signalled, by its pid inside', async () => {
  const { subject, runsc } = await running();
  await using _ = subject;
  const start = async (script: string) => {
    const internalPidFile = join(subject.folder, 'internal');
    const pidFile = join(subject.folder, 'host');
    const process = { args: ['/bin/sh', '-c', script], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };
    await runsc.exec(id, { process, detach: true, pidFile, internalPidFile });
    return Number(await readFile(internalPidFile, 'utf8'));
  };
  expect(await runsc.wait(id, { pid: await start('sleep 3; exit 4') })).toEqual({ exitStatus: 4 });
  const pid = await start('exec sleep 1000');
  expect(await runsc.ps(id)).toContain(pid);
  await runsc.kill(id, 9, { pid });
  await vi.waitFor(async () => expect(await runsc.ps(id)).not.toContain(pid), { timeout: 30_000 });
});

test.each([
  ['runsc', new Runsc()],
  ['runc', new Runc()],
])('spec of %s writes a config.json', async (_name, runtime) => {
  const bundle = await mkdtemp(join(tmpdir(), 'spec-'));
  await runtime.spec({ bundle });
  expect(JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8'))).toHaveProperty('process.args');
  await rm(bundle, { recursive: true });
});
