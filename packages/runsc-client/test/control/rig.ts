import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContainerId, type OciSpec, parseContainerId, Runsc, type RunscFlags } from '@sandshim/runsc-client';
import { ControlledRuntime, type ControlledRuntimeOptions } from '@sandshim/runsc-client/control';
import { laterSuites } from '../../../../tests/support/later-suites.ts';
import { openSys } from '../../../io/src/sys/index.ts';

/** The runsc versions on which the control socket is proven. */
export const runscsUnderTest = [
  { name: 'runsc 20221219', command: '/usr/bin/runsc' },
  { name: 'runsc 20240729', command: join(laterSuites().runsc2024, 'runsc') },
] as const;

export type RunscUnderTest = (typeof runscsUnderTest)[number];

const applets = [
  'cat',
  'cut',
  'env',
  'grep',
  'hostname',
  'id',
  'kill',
  'ls',
  'ps',
  'pwd',
  'readlink',
  'sh',
  'sleep',
  'sort',
  'stat',
  'sync',
  'true',
  'tty',
  'wc',
];

const baseSpec = {
  ociVersion: '1.0.2',
  process: {
    user: { uid: 0, gid: 0 },
    args: ['sleep', '1000000'],
    env: ['PATH=/bin:/usr/bin', 'FROM_CONTAINER=1'],
    cwd: '/work',
    capabilities: {
      bounding: ['CAP_KILL', 'CAP_CHOWN', 'CAP_NET_RAW'],
      effective: ['CAP_KILL', 'CAP_NET_RAW'],
      permitted: ['CAP_KILL', 'CAP_CHOWN', 'CAP_NET_RAW'],
      inheritable: ['CAP_CHOWN'],
    },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1_024, soft: 512 }],
  },
  root: { path: 'rootfs' },
  hostname: 'control',
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: { namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })) },
} satisfies OciSpec;

/** A private runsc root with one image, and the two runtimes that drive it: by command and by control socket. */
export interface Rig extends AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  readonly command: Runsc;
  readonly controlled: ControlledRuntime;
  /** Why a command was used in the socket's place, in order. */
  readonly commands: string[];
  /** The command line with other flags of runsc's. */
  commandWith(flags: RunscFlags): Runsc;
  /** The socket's runtime with other options. */
  control(options: ControlledRuntimeOptions): ControlledRuntime;
  /** Writes a bundle; its process and its other fields replace the image's. */
  bundle(name: string, changes?: { readonly process?: object; readonly spec?: object }): Promise<string>;
  /** Creates and starts a container. */
  running(name: string, changes?: { readonly process?: object; readonly spec?: object }): Promise<ContainerId>;
}

export async function openRig(runsc: RunscUnderTest): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'control-'));
  const sys = await openSys();
  const root = join(folder, 'root');
  await mkdir(root);
  const globals = { root, flags: { platform: 'systrap', network: 'none' } } as const;
  // The older one has no systrap, the newer one's ptrace is no longer kept up.
  const flags = runsc.name.includes('2022') ? { ...globals.flags, platform: 'ptrace' as const } : globals.flags;
  const commandWith = (more: RunscFlags) => new Runsc({ command: runsc.command, root, flags: { ...flags, ...more } });
  const command = commandWith({});
  const commands: string[] = [];
  const containers: ContainerId[] = [];
  const control = (options: ControlledRuntimeOptions) =>
    new ControlledRuntime(command, {
      globals: { root, flags },
      sender: sys,
      onCommand: ({ verb, reason }) => commands.push(`${verb}: ${reason}`),
      ...options,
    });
  const bundle: Rig['bundle'] = async (name, { process, spec } = {}) => {
    const path = join(folder, `bundle-${name}`);
    await mkdir(path, { recursive: true });
    const config = { ...baseSpec, ...spec, process: { ...baseSpec.process, ...process } };
    await makeRootfs(join(path, 'rootfs'));
    await writeFile(join(path, 'config.json'), JSON.stringify(config));
    containers.push(parseContainerId(name));
    return path;
  };
  return {
    ...{ folder, root, command, commandWith, commands, control, bundle },
    controlled: control({}),
    running: async (name, changes) => {
      const id = parseContainerId(name);
      await command.create(id, { bundle: await bundle(name, changes) });
      await command.start(id);
      return id;
    },
    [Symbol.asyncDispose]: async () => {
      for (const id of containers.toReversed()) await command.delete(id, { force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// Each container has its own: a root file system can be under one overlay only.
async function makeRootfs(rootfs: string): Promise<void> {
  for (const name of ['bin', 'etc', 'home/user', 'proc', 'tmp', 'work'])
    await mkdir(join(rootfs, name), { recursive: true });
  await copyFile('/bin/busybox', join(rootfs, 'bin', 'busybox'));
  await chmod(join(rootfs, 'bin', 'busybox'), 0o755);
  for (const applet of applets) await symlink('busybox', join(rootfs, 'bin', applet));
  await writeFile(
    join(rootfs, 'etc', 'passwd'),
    'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n',
  );
  await writeFile(join(rootfs, 'etc', 'group'), 'root:x:0:\nuser:x:1000:\nextra:x:2000:\n');
}
