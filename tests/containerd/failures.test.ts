import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binFolder } from '../../scripts/lib/paths.ts';
import {
  type CtrResult,
  expectNoLeaks,
  type LeakSnapshot,
  overTtrpc,
  type Rig,
  startRig,
  takeSnapshot,
  testImage,
  unique,
  writeRunscToml,
} from '../support/index.ts';

/** A failure as ctr must show it: one line that names the cause, and nothing of what the runtime wrote beside it. */
function expectOneLine({ exitCode, stderr }: CtrResult, cause: string | RegExp): void {
  expect(exitCode).not.toBe(0);
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(/^ctr: /)]);
  expect(lines[0]).toMatch(cause);
}

describe.each(overTtrpc)('a container that cannot start on $name', ({ shim, ...testCase }) => {
  let rig: Rig;
  let before: LeakSnapshot;
  beforeAll(async () => {
    rig = await startRig({ ...testCase, shim });
    before = await takeSnapshot(rig.containerd.scope);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test('because its program is not there', async () => {
    const id = unique('c');
    expectOneLine(await rig.run(['/no/such/program'], { id, flags: ['--rm'] }), '/no/such/program');
    // With gVisor it is the start that finds out, and ctr leaves what it has created.
    await rig.remove(id);
    await rig.ctr(['snapshot', 'rm', id]);
    expect(await rig.run(['true'], { id, flags: ['--rm'] })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('because its rootfs is not there', async () => {
    const args = ['run', ...rig.runtimeFlags, '--rm', '--rootfs', '/no/such/rootfs', unique('c'), 'true'];
    expectOneLine(await rig.ctr(args), '/no/such/rootfs');
  });

  test('because its id is taken, and the one that has it runs on', async () => {
    const id = await rig.start(['sleep', '1000']);
    expectOneLine(await rig.run(['true'], { id }), /already exists/);
    expect(await rig.ctr(['task', 'exec', '--exec-id', 'e', id, 'echo', 'on'])).toMatchObject({ stdout: 'on\n' });
    await rig.remove(id);
  });

  if (shim.runtime === 'runsc')
    test('because runsc is not there', async () => {
      const toml = join(rig.folder, 'no-runsc.toml');
      await writeRunscToml(toml, { binary: '/no/such/runsc' });
      const args = [
        'run',
        '--runtime',
        shim.type,
        '--runtime-config-path',
        toml,
        '--rm',
        testImage,
        unique('c'),
        'true',
      ];
      expectOneLine(await rig.ctr(args), '/no/such/runsc');
    });

  if (shim.runtime === 'runsc')
    test('because a value of its options is wrong', async () => {
      const toml = join(rig.folder, 'wrong.toml');
      await writeFile(toml, 'log_level = 7\n');
      const args = [
        'run',
        '--runtime',
        shim.type,
        '--runtime-config-path',
        toml,
        '--rm',
        testImage,
        unique('c'),
        'true',
      ];
      expectOneLine(await rig.ctr(args), /wrong\.toml.*log_level/);
    });

  test('leaves nothing behind', async () => {
    await expectNoLeaks(rig.containerd.scope, before);
  });
});

describe.each(overTtrpc)('a bundle whose config.json is no JSON on $name', ({ shim, ...testCase }) => {
  test('comes back as one line and leaves nothing', async () => {
    const folder = join(import.meta.dirname, '..', '..', '.cache', unique('broken'));
    await mkdir(folder, { recursive: true });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => import('node:fs/promises').then(({ rm }) => rm(folder, { recursive: true })));
    const program = `containerd-shim-${shim.type.split('.').slice(-2).join('-')}`;
    // A shim that spoils the bundle that it is started in, then goes on as the real one.
    await writeFile(
      join(folder, 'containerd-shim-spoiled-v1'),
      `#!/bin/sh\ncase " $* " in *" start "*) echo '{"ociVersion' > config.json;; esac\nexec '${join(binFolder, program)}' "$@"\n`,
    );
    await chmod(join(folder, 'containerd-shim-spoiled-v1'), 0o755);
    await using rig = await startRig(
      { ...testCase, shim: { ...shim, type: 'io.containerd.spoiled.v1' } },
      { path: [folder] },
    );
    const before = await takeSnapshot(rig.containerd.scope);
    expectOneLine(await rig.run(['true'], { flags: ['--rm'] }), /config\.json.*JSON/);
    await expectNoLeaks(rig.containerd.scope, before);
  });
});
