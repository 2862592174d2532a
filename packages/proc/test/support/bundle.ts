import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private folder with a busybox root file system and bundles; removed when disposed of. */
export interface Workspace extends Disposable {
  readonly folder: string;
  readonly rootfs: string;
  bundle(name: string, options: BundleOptions): string;
}

export interface BundleOptions {
  readonly args: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly memoryLimit?: number;
  readonly cgroupsPath?: string;
  readonly rootfs?: string;
  readonly namespaces?: readonly string[];
  readonly terminal?: boolean;
}

const busybox = '/bin/busybox';

export function workspace(): Workspace {
  if (!existsSync(busybox)) throw new Error(`${busybox} is missing: install busybox-static`);
  const folder = mkdtempSync(join(tmpdir(), 'sandshim-proc-'));
  const rootfs = join(folder, 'image');
  for (const name of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'usr/bin', 'usr/sbin', 'sbin']) {
    mkdirSync(join(rootfs, name), { recursive: true });
  }
  cpSync(busybox, join(rootfs, 'bin/busybox'));
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(rootfs, 'bin', applet));
  }
  return {
    folder,
    rootfs,
    bundle(name, options) {
      const bundle = join(folder, 'bundles', name);
      mkdirSync(bundle, { recursive: true });
      writeFileSync(join(bundle, 'config.json'), JSON.stringify(specOf(options, rootfs)));
      return bundle;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function specOf(options: BundleOptions, rootfs: string) {
  return {
    ociVersion: '1.0.2',
    process: processOf(options.args, options.terminal),
    root: { path: options.rootfs ?? rootfs },
    hostname: 'sandshim',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'ptmxmode=0666'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
    ],
    annotations: options.annotations ?? {},
    linux: {
      namespaces: (options.namespaces ?? ['pid', 'ipc', 'uts', 'mount']).map((type) => ({ type })),
      ...(options.cgroupsPath === undefined ? {} : { cgroupsPath: options.cgroupsPath }),
      ...(options.memoryLimit === undefined ? {} : { resources: { memory: { limit: options.memoryLimit } } }),
    },
  };
}

/** A process for a spec or an exec, as root in the root folder. */
export function processOf(args: readonly string[], terminal = false) {
  return { args, terminal, cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };
}
