import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SandshimError } from './errors.ts';
import type { OciMount, OciSpec } from './oci.ts';

export interface BundleOptions {
  /** The root filesystem: any folder. `/` shows the sandbox this host's own files. */
  readonly rootfs: string;
  readonly args: readonly string[];
  /** By default a PATH alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default `/`. */
  readonly cwd?: string;
  /** Default 65534 (nobody), which on a host's own files sees what everybody may see. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** May the process change the root filesystem? Default false; `/tmp` is always writable, and gone afterwards. */
  readonly writable?: boolean;
  readonly hostname?: string;
  /** On top of /proc, /dev, /sys and /tmp. */
  readonly mounts?: readonly OciMount[];
  /** As in `['CAP_NET_BIND_SERVICE']`. Default none. */
  readonly capabilities?: readonly string[];
  readonly memoryLimitBytes?: number;
  readonly pidsLimit?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Where config.json goes. By default a new folder, which the bundle removes when it is disposed of. */
  readonly folder?: string;
}

/** A folder with a config.json. */
export interface Bundle extends AsyncDisposable {
  readonly path: string;
  readonly spec: OciSpec;
}

/**
 * Writes an OCI bundle for one process with namespaces of its own, no capabilities, and a read-only root filesystem.
 * @throws SandshimError `invalid_argument` without `args`, `unavailable` if the folder cannot be written.
 */
export async function createBundle(options: BundleOptions): Promise<Bundle> {
  if (options.args.length === 0) throw new SandshimError('invalid_argument', 'a bundle needs args: what is to be run');
  const spec = specOf(options);
  const { folder } = options;
  const path = await makeFolder(folder).catch((cause: unknown) => {
    throw new SandshimError('unavailable', `cannot make the bundle ${folder ?? tmpdir()}`, { cause });
  });
  const remove = async () => {
    if (folder === undefined) await rm(path, { recursive: true, force: true });
  };
  try {
    await writeFile(join(path, 'config.json'), `${JSON.stringify(spec, undefined, 2)}\n`);
  } catch (cause) {
    await remove();
    throw new SandshimError('unavailable', `cannot write ${path}/config.json`, { cause });
  }
  return { path, spec, [Symbol.asyncDispose]: remove };
}

async function makeFolder(folder: string | undefined): Promise<string> {
  if (folder === undefined) return mkdtemp(join(tmpdir(), 'bundle-'));
  await mkdir(folder, { recursive: true });
  return resolve(folder);
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function specOf(options: BundleOptions): OciSpec {
  const capabilities = options.capabilities ?? [];
  const env = { PATH: defaultPath, ...options.env };
  return {
    ociVersion: '1.0.2',
    process: {
      user: options.user ?? { uid: 65_534, gid: 65_534 },
      args: options.args,
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: options.cwd ?? '/',
      noNewPrivileges: true,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    },
    root: { path: resolve(options.rootfs), readonly: options.writable !== true },
    hostname: options.hostname ?? 'sandbox',
    mounts: [...standardMounts, ...(options.mounts ?? [])],
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        ...(options.memoryLimitBytes === undefined ? {} : { memory: { limit: options.memoryLimitBytes } }),
        ...(options.pidsLimit === undefined ? {} : { pids: { limit: options.pidsLimit } }),
      },
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}

const standardMounts: readonly OciMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
  { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
];
