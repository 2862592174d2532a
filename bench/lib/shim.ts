import { constants } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Any, packAny, packJson, RuncOptions, RuntimeOptions } from '@sandshim/shim-server/api';
import { connectTask, type TaskClient, type TaskConnection } from '@sandshim/shim-server/client';
import { MockEventsServer } from '@sandshim/shim-server/testing';
import { execa } from 'execa';
import { layRootfs } from '../../scripts/setup/image.ts';
import { tearDown } from '../../tests/support/containerd/tear-down.ts';
import { leakScope } from '../../tests/support/leaks/scope.ts';
import { writeRunscToml } from '../../tests/support/runsc-toml.ts';
import { type BundleOptions, overlayOf, processOf, writeBundle } from '../../tests/support/shim/bundle.ts';
import { unique } from '../../tests/support/unique.ts';
import type { Subject } from './subject.ts';

/** A started shim's container-to-be. */
export interface Started {
  readonly id: string;
  readonly task: TaskClient;
  /** How long the start action took. */
  readonly ms: number;
}

/** A shim that this benchmark drives in containerd's place, without anything that would be measured along. */
export interface Shim extends AsyncDisposable {
  readonly folder: string;
  /** Runs `start` for a new bundle. */
  start(options?: Partial<BundleOptions>): Promise<Started>;
  /** Create; answers how long that took. */
  create(started: Started, stdout?: string): Promise<number>;
  /** start, Create, Start. */
  run(options?: Partial<BundleOptions>): Promise<Started>;
  /** Exec, Wait, Start, Delete of a process with output fifos, as a client of containerd has it done. */
  exec(started: Started, slot?: number): Promise<void>;
  /** SIGKILL, until Wait is answered, then Delete. */
  end(started: Started): Promise<void>;
  fifo(name: string): Promise<string>;
  /** The shims that serve, each once. */
  pids(): Promise<readonly number[]>;
}

const cri = 'io.kubernetes.cri.';

/** A container that is a sandbox of its own, as gVisor's Go shim needs to be told, or one in another's. */
export function podAnnotations(sandbox?: string): Readonly<Record<string, string>> {
  return sandbox === undefined
    ? { [`${cri}container-type`]: 'sandbox' }
    : { [`${cri}container-type`]: 'container', [`${cri}sandbox-id`]: sandbox };
}

export async function openShim(subject: Subject): Promise<Shim> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-shims-'));
  const namespace = unique('bench');
  const scope = leakScope({ folder, namespace, daemonPid: process.pid });
  const [rootfs, fifos] = [join(folder, 'rootfs'), join(folder, 'io')];
  const bundles = join(folder, 'state', 'io.containerd.runtime.v2.task', namespace);
  for (const each of [rootfs, fifos, bundles]) await mkdir(each, { recursive: true });
  await layRootfs(rootfs);
  const toml = join(folder, 'runsc.toml');
  await writeRunscToml(toml, { root: join(folder, 'runsc') });
  const events = await MockEventsServer.listen(join(folder, 'events.sock'));
  const held: FileHandle[] = [];
  const connections = new Map<string, TaskConnection>();
  const slots = new Map<number, Promise<{ readonly stdout: string; readonly stderr: string }>>();
  const options =
    subject.runtime === 'runsc'
      ? packAny(RuntimeOptions, RuntimeOptions.create({ configPath: toml }))
      : packAny(RuncOptions, RuncOptions.create({ root: join(folder, 'runc') }));

  // Open for reading and writing: whoever opens the other end never waits.
  const hold = async (path: string): Promise<string> => {
    await execa('mkfifo', [path]);
    held.push(await open(path, constants.O_RDWR | constants.O_NONBLOCK));
    return path;
  };
  const taskAt = async (address: string): Promise<TaskClient> => {
    const known = connections.get(address);
    if (known !== undefined) return known.task;
    const connection = await connectTask(address, { namespace, timeoutMs: 10_000, version: 2 });
    connections.set(address, connection);
    return connection.task;
  };
  const openSlot = async (slot: number) => ({
    stdout: await hold(join(fifos, `${slot}-out`)),
    stderr: await hold(join(fifos, `${slot}-err`)),
  });

  const shim: Shim = {
    folder,
    start: async (bundle = {}) => {
      const id = unique('c');
      const path = join(bundles, id);
      const annotations = podAnnotations();
      await writeBundle(path, {
        ...{ args: ['sleep', '100000'], cgroupsPath: `${scope.cgroupParent}/${id}`, annotations },
        ...bundle,
      });
      await hold(join(path, 'log'));
      const flags = ['-namespace', namespace, '-address', join(folder, 'containerd.sock')];
      const before = performance.now();
      const { stdout } = await execa(
        subject.binary,
        [...flags, '-publish-binary', '/usr/bin/containerd', '-id', id, 'start'],
        {
          ...{ cwd: path, timeout: 30_000, input: Any.encode(options).finish() },
          env: { ...subject.env, TTRPC_ADDRESS: events.path, GOMAXPROCS: '2' },
        },
      );
      const ms = performance.now() - before;
      return { id, ms, task: await taskAt(stdout.trim()) };
    },
    create: async ({ id, task }, stdout = '') => {
      const bundle = join(bundles, id);
      const mount = await overlayOf(rootfs, bundle);
      const request = {
        // The Go shims open every name as soon as one is given, so stderr has to have one as well.
        ...{ id, bundle, rootfs: [mount], terminal: false, stdin: '', stdout, stderr: stdout },
        ...{ checkpoint: '', parentCheckpoint: '', options },
      };
      const before = performance.now();
      await task.create(request, { timeoutMs: 60_000 });
      return performance.now() - before;
    },
    run: async (bundle) => {
      const started = await shim.start(bundle);
      await shim.create(started);
      await started.task.start({ id: started.id, execId: '' });
      return started;
    },
    exec: async ({ id, task }, slot = 0) => {
      const execId = unique('e');
      const opening = slots.get(slot) ?? openSlot(slot);
      slots.set(slot, opening);
      const spec = packJson('types.containerd.io/opencontainers/runtime-spec/1/Process', processOf(['true']));
      await task.exec({ id, execId, terminal: false, stdin: '', ...(await opening), spec });
      const waited = task.wait({ id, execId });
      await task.start({ id, execId });
      const { exitStatus } = await waited;
      await task.delete({ id, execId });
      if (exitStatus !== 0) throw new Error(`true ended with ${exitStatus}`);
    },
    end: async ({ id, task }) => {
      const waited = task.wait({ id, execId: '' });
      await task.kill({ id, execId: '', signal: 9, all: false });
      await waited;
      await task.delete({ id, execId: '' });
    },
    fifo: (name) => hold(join(fifos, name)),
    pids: async () => {
      const asked = [...connections.values()].map(({ task }) => task.connect({ id: 'any' }));
      return (await Promise.all(asked)).map(({ shimPid }) => shimPid);
    },
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections.values()) await connection.close();
      await tearDown({ folder, scope, stop: () => Promise.resolve() });
      for (const handle of held) await handle.close();
      await events[Symbol.asyncDispose]();
    },
  };
  return shim;
}
