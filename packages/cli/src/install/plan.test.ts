import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseContainerdConfig } from '../doctor/containerd-config.ts';
import { createHost } from '../host/real-host.ts';
import { createFakeMachine, type FakeMachine } from '../testing/fake-machine.ts';
import { perform } from './perform.ts';
import { defaultInstallPaths as paths, planInstall, planUninstall, type Step } from './plan.ts';

const ownBin = '/opt/sandshim/bin';
const dropIn = '/etc/containerd/conf.d/sandshim.toml';

async function carryOut(machine: FakeMachine, plan: typeof planInstall): Promise<readonly Step[]> {
  const host = createHost({ root: machine.root });
  const steps = await plan(host, { paths, ownBin });
  for (const step of steps) await perform(host, step);
  return steps;
}

const textOf = (machine: FakeMachine, path: string) => createHost({ root: machine.root }).readText(path);
const adviceOf = (steps: readonly Step[]) => steps.flatMap((step) => (step.kind === 'advise' ? [step.text] : []));

test.each([
  ['version = 2\n'],
  ['version = 2\nimports = ["/etc/other/*.toml"]\nroot = "/var/lib/containerd"\n'],
  ['version = 2\nimports = []\n'],
  ['version = 3\n[grpc]\naddress = "/run/x.sock"\n'],
])('what install adds to %j makes the runtimes known, and uninstall takes exactly that away', async (config) => {
  await using machine = createFakeMachine();
  machine.write(paths.config, config);
  await carryOut(machine, planInstall);
  const main = parseContainerdConfig((await textOf(machine, paths.config)) ?? '');
  expect(main.imports).toContain('/etc/containerd/conf.d/*.toml');
  const added = parseContainerdConfig((await textOf(machine, dropIn)) ?? '');
  expect(added.version).toBe(main.version);
  expect(added.runtimes.map(({ name, runtimeType }) => [name, runtimeType])).toEqual([
    ['runsc', 'io.containerd.runsc.v1'],
    ['sandshim-runc', 'io.containerd.sandshim-runc.v2'],
  ]);
  const host = createHost({ root: machine.root });
  expect(await host.linkTarget('/usr/local/bin/sandshim')).toBe(join(ownBin, 'sandshim'));
  expect(await textOf(machine, paths.runtimeClass)).toContain('handler: runsc');

  await carryOut(machine, planUninstall);
  expect(await textOf(machine, paths.config)).toBe(config);
  expect(await host.list('/usr/local/bin')).toEqual([]);
  expect(await host.list('/etc/containerd/conf.d')).toEqual([]);
  expect(await planUninstall(host, { paths, ownBin })).toEqual([]);
});

test('a second install changes nothing', async () => {
  await using machine = createFakeMachine();
  machine.write(paths.config, 'version = 2\n');
  await carryOut(machine, planInstall);
  const once = await textOf(machine, paths.config);
  await carryOut(machine, planInstall);
  expect(await textOf(machine, paths.config)).toBe(once);
});

test('without any configuration of containerd one is written, and removed again', async () => {
  await using machine = createFakeMachine();
  await carryOut(machine, planInstall);
  expect(parseContainerdConfig((await textOf(machine, paths.config)) ?? '').imports).toEqual([
    '/etc/containerd/conf.d/*.toml',
  ]);
  await carryOut(machine, planUninstall);
  expect(await textOf(machine, paths.config)).toBeUndefined();
});

test('a section of the CRI plugin is left alone: a drop-in would replace it, so its text is shown instead', async () => {
  await using machine = createFakeMachine();
  const config = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "pause"\n';
  machine.write(paths.config, config);
  const steps = await carryOut(machine, planInstall);
  expect(await textOf(machine, paths.config)).toBe(config);
  expect(adviceOf(steps).join('\n')).toContain('[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc]');
});

test('a configuration of version 1 is left alone', async () => {
  await using machine = createFakeMachine();
  machine.write(paths.config, 'root = "/x"\n');
  expect(adviceOf(await carryOut(machine, planInstall)).join('\n')).toContain('is of version 1: migrate it');
});

test("another project's shim is not replaced, nor removed", async () => {
  await using machine = createFakeMachine();
  machine.script('/usr/local/bin/containerd-shim-runsc-v1', 'echo gVisor');
  const steps = await carryOut(machine, planInstall);
  expect(adviceOf(steps)[0]).toBe(
    '/usr/local/bin/containerd-shim-runsc-v1 is another program: remove it, or choose another folder with --bin-dir',
  );
  await carryOut(machine, planUninstall);
  expect(await textOf(machine, '/usr/local/bin/containerd-shim-runsc-v1')).toContain('gVisor');
});
