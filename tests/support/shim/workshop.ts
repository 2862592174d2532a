import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { tearDown } from '../containerd/tear-down.ts';
import { eventually } from '../eventually.ts';
import { processesOf } from '../leaks/processes.ts';
import { type LeakScope, leakScope } from '../leaks/scope.ts';
import { expectNoLeaks, takeSnapshot } from '../leaks/snapshot.ts';
import { unique } from '../unique.ts';
import { type BundleOptions, writeBundle } from './bundle.ts';
import type { ShimSubject } from './subject.ts';

/** How a shim's program ended. */
export interface Invoked {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  /** What `start` prints, or another text. */
  readonly text: string;
  readonly stderr: string;
}

export interface InvokeOptions {
  readonly stdin?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the flags that containerd gives. */
  readonly args?: readonly string[];
  /** A command that runs the shim, such as `unshare -n`. */
  readonly through?: readonly string[];
  readonly timeoutMs?: number;
}

/** Bundles, and the shim's own command line in them, without a runtime: for what happens before and around a container. */
export interface Workshop extends AsyncDisposable {
  readonly folder: string;
  readonly namespace: string;
  readonly scope: LeakScope;
  /** Where its shims listen. */
  readonly sockets: string;
  /** containerd's gRPC socket, which nobody listens on. */
  readonly address: string;
  /** Writes a bundle as containerd does, with the fifo `log`; answers its folder. */
  bundle(id: string, options?: Partial<BundleOptions>): Promise<string>;
  /** Runs the shim as containerd does: in the bundle, with its flags, then the action. */
  invoke(id: string, action: string, options?: InvokeOptions): Promise<Invoked>;
  /** What was written to the bundle's log fifo so far. */
  log(id: string): string;
  /** The pids of the shims that serve now. */
  shims(): Promise<readonly number[]>;
  /** Waits until no shim, socket, mount or runtime state is left. */
  expectNothingLeft(): Promise<void>;
}

export interface WorkshopOptions {
  /** sandshim's own configuration. */
  readonly config?: string;
}

export async function openWorkshop(subject: ShimSubject, options: WorkshopOptions = {}): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-shop-'));
  const namespace = unique('shop');
  const bundles = join(folder, 'state', 'io.containerd.runtime.v2.task', namespace);
  await mkdir(bundles, { recursive: true });
  const config = join(folder, 'sandshim.toml');
  await writeFile(config, options.config ?? '');
  const sockets = join(folder, 's');
  const address = join(folder, 'containerd.sock');
  const scope = leakScope({ folder, namespace, daemonPid: process.pid });
  const logs = new Map<string, { text: string } & AsyncDisposable>();
  const before = await takeSnapshot(scope);
  const closeLogs = async (): Promise<void> => {
    for (const log of logs.values()) await log[Symbol.asyncDispose]();
  };
  return {
    ...{ folder, namespace, scope, sockets, address },
    bundle: async (id, bundle = {}) => {
      const path = join(bundles, id);
      await writeBundle(path, { args: ['true'], ...bundle });
      const fifo = join(path, 'log');
      await execa('mkfifo', [fifo]);
      logs.set(id, await readFifo(fifo));
      return path;
    },
    invoke: async (id, action, { stdin, env, args, through = [], timeoutMs = 30_000 } = {}) => {
      const flags = ['-namespace', namespace, '-address', address, '-publish-binary', '/usr/bin/containerd', '-id', id];
      const [file, ...words] = [...through, subject.binary, ...(args ?? flags), ...(action === '' ? [] : [action])];
      const result = await execa(file ?? '', words, {
        cwd: id === '' ? folder : join(bundles, id),
        env: { SANDSHIM_CONFIG: config, SANDSHIM_SOCKET_DIR: sockets, TTRPC_ADDRESS: '', ...env },
        ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
        encoding: 'buffer',
        stripFinalNewline: false,
        reject: false,
        timeout: timeoutMs,
      });
      if (result.timedOut) throw new Error(`${action} did not end within ${timeoutMs} ms`);
      const [stdout, stderr] = [Buffer.from(result.stdout), Buffer.from(result.stderr).toString()];
      return { exitCode: result.exitCode ?? -1, stdout, text: stdout.toString().trim(), stderr };
    },
    log: (id) => logs.get(id)?.text ?? '',
    shims: async () =>
      (await processesOf(scope)).filter(({ command }) => command.startsWith('containerd-shim-')).map(({ pid }) => pid),
    expectNothingLeft: async () => {
      await closeLogs();
      await rm(bundles, { recursive: true, force: true });
      await expectNoLeaks(scope, before);
    },
    [Symbol.asyncDispose]: async () => {
      await closeLogs();
      await tearDown({ folder, scope, stop: () => Promise.resolve() });
    },
  };
}

/** Waits until a process has ended; whether its parent has already asked for its status does not matter. */
export async function ended(pid: number): Promise<void> {
  const gone = async (): Promise<true | undefined> => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return /^(?:$|\d+ \(.*\) [ZX])/s.test(stat) ? true : undefined;
  };
  await eventually(gone, { what: `process ${pid} to end`, timeoutMs: 15_000 });
}

/** Reads a log fifo as containerd does: opened for writing too, so that it outlives its writers. */
async function readFifo(path: string): Promise<{ text: string } & AsyncDisposable> {
  const holder = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = execa('cat', [path], { stdin: 'ignore', reject: false, buffer: false });
  const log = {
    text: '',
    [Symbol.asyncDispose]: async () => {
      reader.kill('SIGKILL');
      await reader;
      await holder.close().catch(() => undefined);
    },
  };
  reader.stdout.on('data', (chunk: Buffer) => {
    log.text += chunk.toString();
  });
  return log;
}
