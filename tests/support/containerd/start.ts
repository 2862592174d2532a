import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { binFolder } from '../../../scripts/lib/paths.ts';
import { imageArchive } from '../../../scripts/setup/image.ts';
import { eventually } from '../eventually.ts';
import { type LeakScope, leakScope } from '../leaks/scope.ts';
import { unique } from '../unique.ts';
import { containerdConfig, type Paths, pathsUnder } from './config.ts';
import type { CriSetup } from './cri-setup.ts';
import { type Ctr, ctrOf } from './ctr.ts';
import { tearDown } from './tear-down.ts';
import { type ContainerdVersion, containerdFolder } from './version.ts';

export interface ContainerdOptions {
  readonly version: ContainerdVersion;
  /** Starts the CRI plugin too; without it a containerd is up in half the time. */
  readonly cri?: CriSetup;
  /** Folders that come first on containerd's PATH, and so on the shim's: another runsc, a broken shim. */
  readonly path?: readonly string[];
  /** Further variables of containerd's environment, and so of the shim's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A containerd of our own: private folder, private socket, private namespace. Disposing of it leaves nothing. */
export interface Containerd extends AsyncDisposable {
  readonly version: ContainerdVersion;
  readonly folder: string;
  readonly paths: Paths;
  /** The containerd namespace that `ctr` uses here; no other test has it. */
  readonly namespace: string;
  readonly pid: number;
  readonly ctr: Ctr;
  /** Where to look for what its tests leave behind. */
  readonly scope: LeakScope;
  /** What containerd and its shims have logged so far. */
  readLog(): Promise<string>;
  /** Ends the daemon (SIGTERM, or SIGKILL); its shims live on. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends the daemon if it runs, and starts it anew on the same folder. */
  restart(): Promise<void>;
}

/** Starts a private containerd and imports the test image. */
export async function startContainerd(options: ContainerdOptions): Promise<Containerd> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-'));
  const paths = pathsUnder(folder);
  await mkdir(paths.root);
  await writeFile(
    paths.config,
    containerdConfig({
      version: options.version,
      folder,
      ...(options.cri === undefined ? {} : { cri: options.cri }),
    }),
  );
  const namespace = options.cri === undefined ? unique('test') : 'k8s.io';
  const programs = containerdFolder(options.version);
  const ctr = ctrOf({ program: join(programs, 'ctr'), address: paths.address, namespace });
  const path = [...(options.path ?? []), binFolder, programs, process.env['PATH'] ?? ''].join(delimiter);
  const boot = (): Promise<ChildProcess> =>
    launch({ program: join(programs, 'containerd'), paths, ctr, env: { ...options.env, PATH: path } });

  let daemon = await boot();
  const groups = new Set<string>();
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exited = once(daemon, 'exit');
    daemon.kill(signal);
    await exited;
  };
  const containerd: Containerd = {
    version: options.version,
    folder,
    paths,
    namespace,
    get pid() {
      return daemon.pid ?? -1;
    },
    ctr,
    get scope() {
      return leakScope({ folder, namespace, groups, daemonPid: daemon.pid ?? -1 });
    },
    readLog: () => readFile(paths.log, 'utf8'),
    stop,
    restart: async () => {
      await stop();
      daemon = await boot();
    },
    [Symbol.asyncDispose]: () => tearDown(containerd),
  };
  try {
    await importImage(containerd);
  } catch (error) {
    await containerd[Symbol.asyncDispose]();
    throw error;
  }
  return containerd;
}

interface Launch {
  readonly program: string;
  readonly paths: Paths;
  readonly ctr: Ctr;
  readonly env: Readonly<Record<string, string>>;
}

async function launch({ program, paths, ctr, env }: Launch): Promise<ChildProcess> {
  await using log = await open(paths.log, 'a');
  const daemon = spawn(program, ['--config', paths.config], {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, ...env },
    // A ^C in the terminal is for the tests: they end containerd themselves.
    detached: true,
  });
  await Promise.race([once(daemon, 'spawn'), once(daemon, 'error').then(([error]) => Promise.reject(error))]);
  await eventually(
    async () => {
      if (daemon.exitCode !== null) throw new Error(`${program} ended at once:\n${await readFile(paths.log, 'utf8')}`);
      const { exitCode } = await ctr(['version']);
      return exitCode === 0 ? true : undefined;
    },
    { what: `${program} to answer` },
  );
  return daemon;
}

async function importImage({ ctr }: Containerd): Promise<void> {
  const { exitCode, stderr } = await ctr(['images', 'import', imageArchive()]);
  if (exitCode !== 0) throw new Error(`cannot import the test image: ${stderr}`);
}
