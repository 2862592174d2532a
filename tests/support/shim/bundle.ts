import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OciProcess } from '@sandshim/runsc-client';
import { Mount } from '@sandshim/shim-server/api';

const capabilities = ['CAP_KILL', 'CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_DAC_OVERRIDE'];

/** The process of a container or an exec. */
export function processOf(args: readonly string[], more: Partial<OciProcess> = {}): OciProcess {
  return {
    user: { uid: 0, gid: 0 },
    args,
    env: ['PATH=/bin'],
    cwd: '/',
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    noNewPrivileges: true,
    ...more,
  };
}

export interface BundleOptions {
  readonly args: readonly string[];
  readonly terminal?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly cgroupsPath?: string;
  readonly resources?: Readonly<Record<string, unknown>>;
  /** Share the host's pid namespace; without it the container has its own. */
  readonly sharedPids?: boolean;
}

/** Writes `folder`/config.json as containerd does. */
export async function writeBundle(folder: string, options: BundleOptions): Promise<void> {
  const namespaces = ['ipc', 'uts', 'mount', 'network', ...(options.sharedPids ? [] : ['pid'])];
  const spec = {
    ociVersion: '1.0.2',
    process: processOf(options.args, { terminal: options.terminal ?? false }),
    root: { path: 'rootfs' },
    hostname: 'sandbox',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'ptmxmode=0666'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
    ],
    annotations: options.annotations ?? {},
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      ...(options.cgroupsPath === undefined ? {} : { cgroupsPath: options.cgroupsPath }),
      ...(options.resources === undefined ? {} : { resources: options.resources }),
    },
  };
  await mkdir(join(folder, 'rootfs'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(spec));
}

/** A writable view of `rootfs`, as an overlay snapshotter hands it over. */
export async function overlayOf(rootfs: string, folder: string): Promise<Mount> {
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work-overlay')];
  await mkdir(upper, { recursive: true });
  await mkdir(work, { recursive: true });
  return Mount.create({
    type: 'overlay',
    source: 'overlay',
    options: [`lowerdir=${rootfs}`, `upperdir=${upper}`, `workdir=${work}`],
  });
}
