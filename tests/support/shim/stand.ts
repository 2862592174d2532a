import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OciProcess } from '@sandshim/runsc-client';
import { Any, packAny, packJson, RuncOptions, RuntimeOptions } from '@sandshim/shim-server/api';
import { connectTask, type TaskClient, type TaskConnection } from '@sandshim/shim-server/client';
import { MockEventsServer } from '@sandshim/shim-server/testing';
import { execa } from 'execa';
import { layRootfs } from '../../../scripts/setup/image.ts';
import { tearDown } from '../containerd/tear-down.ts';
import { type LeakScope, leakScope } from '../leaks/scope.ts';
import { expectNoLeaks, takeSnapshot } from '../leaks/snapshot.ts';
import { writeRunscToml } from '../runsc-toml.ts';
import { unique } from '../unique.ts';
import { type BundleOptions, overlayOf, processOf, writeBundle } from './bundle.ts';
import { openStreams, type Streams, type StreamsOptions } from './streams.ts';
import type { ShimSubject } from './subject.ts';

export interface ContainerOptions extends BundleOptions {
  readonly streams?: StreamsOptions;
  /** Other stdio strings than fifos: a log URI, or nothing. */
  readonly io?: { readonly stdin?: string; readonly stdout?: string; readonly stderr?: string };
  readonly checkpoint?: string;
  /** `start` has been called for its id already. */
  readonly started?: boolean;
}

/** A container made through the shim's Task service. */
export interface TestContainer {
  readonly id: string;
  readonly bundle: string;
  readonly streams: Streams;
  readonly pid: number;
}

export interface ExecOptions {
  /** Fields of the OCI process other than the usual ones. */
  readonly process?: Partial<OciProcess>;
  readonly streams?: StreamsOptions;
  readonly terminal?: boolean;
  readonly io?: { readonly stdin?: string; readonly stdout?: string; readonly stderr?: string };
}

/** A shim without any containerd: the test plays containerd. Disposing kills what is left and removes the folder. */
export interface ShimStand extends AsyncDisposable {
  readonly subject: ShimSubject;
  readonly folder: string;
  readonly namespace: string;
  readonly task: TaskClient;
  readonly events: MockEventsServer;
  readonly scope: LeakScope;
  /** Where the shim of the last started bundle listens. */
  readonly address: string;
  /** What the shim wrote to the log fifo of its first bundle. */
  readonly log: () => string;
  /** The shim's process, as Connect tells it. */
  shimPid(): Promise<number>;
  /** Runs `start` for this id as containerd would, without creating the container; answers the address. */
  start(id: string, options: BundleOptions): Promise<string>;
  create(options: ContainerOptions & { readonly id?: string }): Promise<TestContainer>;
  /** create, start; answers the container. */
  run(options: ContainerOptions & { readonly id?: string }): Promise<TestContainer>;
  addExec(container: string, exec: string, args: readonly string[], options?: ExecOptions): Promise<Streams>;
  /** Exec, Start, Wait, Delete; answers the exit status and the output. */
  exec(container: string, args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }>;
  /** The shim's `delete` action. */
  cleanUp(id: string): Promise<{ readonly exitCode: number; readonly stdout: Uint8Array; readonly stderr: string }>;
  expectNothingLeft(): Promise<void>;
}

export interface StandOptions {
  readonly flags?: Readonly<Record<string, string>>;
  /** The whole text of runsc's TOML file, instead of the usual one. */
  readonly toml?: (folder: string) => string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which a call fails; a call that hangs is a finding. */
  readonly callTimeoutMs?: number;
}

/** Starts `subject` for a first bundle and connects to it. */
export async function startShim(subject: ShimSubject, options: StandOptions = {}): Promise<ShimStand> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-stand-'));
  const namespace = unique('stand');
  const rootfs = join(folder, 'rootfs');
  await mkdir(rootfs);
  await layRootfs(rootfs);
  const toml = join(folder, 'runsc.toml');
  if (options.toml === undefined) {
    await writeRunscToml(toml, { root: join(folder, 'runsc'), flags: options.flags ?? {} });
  } else {
    await writeFile(toml, options.toml(folder));
  }
  const events = await MockEventsServer.listen(join(folder, 'events.sock'));
  const bundles = join(folder, 'state', 'io.containerd.runtime.v2.task', namespace);
  await mkdir(bundles, { recursive: true });
  const scope = leakScope({ folder, namespace, daemonPid: process.pid });
  const fifos = join(folder, 'io');
  await mkdir(fifos);
  const logs: AsyncDisposable[] = [];
  let log = '';
  let connection: TaskConnection | undefined;
  const opened: Streams[] = [];
  const groups = new Set<string>();
  let lastAddress = '';

  const runtimeOptions: Any =
    subject.runtime === 'runsc'
      ? packAny(RuntimeOptions, RuntimeOptions.create({ configPath: toml }))
      : packAny(RuncOptions, RuncOptions.create({ root: join(folder, 'runc') }));

  const invoke = (id: string, action: readonly string[]) =>
    execa(
      subject.binary,
      [
        '-namespace',
        namespace,
        '-address',
        join(folder, 'containerd.sock'),
        '-publish-binary',
        '/usr/bin/containerd',
        '-id',
        id,
        ...action,
      ],
      {
        cwd: join(bundles, id),
        env: { ...options.env, TTRPC_ADDRESS: events.path, GOMAXPROCS: '2' },
        input: Any.encode(runtimeOptions).finish(),
        encoding: 'buffer',
        reject: false,
        timeout: 30_000,
      },
    );

  const start = async (id: string, bundle: BundleOptions): Promise<string> => {
    const path = join(bundles, id);
    await writeBundle(path, { cgroupsPath: `${scope.cgroupParent}/${id}`, ...bundle });
    const fifo = join(path, 'log');
    await execa('mkfifo', [fifo]);
    const handle = await open(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const reader = execa('cat', [fifo], { stdin: 'ignore', reject: false, buffer: false });
    reader.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    logs.push({
      [Symbol.asyncDispose]: async () => {
        reader.kill('SIGKILL');
        await reader;
        await handle.close();
      },
    });
    const { exitCode, stdout, stderr } = await invoke(id, ['start']);
    const reply = Buffer.from(stdout).toString().trim();
    if (exitCode !== 0) throw new Error(`start failed: ${reply}${Buffer.from(stderr).toString()}\n${log}`);
    return reply.startsWith('{') ? String(JSON.parse(reply).address) : reply;
  };

  const connect = async (address: string): Promise<TaskClient> => {
    lastAddress = address;
    if (connection === undefined || !groups.has(address)) {
      await connection?.close();
      connection = await connectTask(address, { namespace, timeoutMs: 10_000, version: 2 });
      groups.add(address);
    }
    return connection.task;
  };

  const streamsFor = async (name: string, which: StreamsOptions | undefined): Promise<Streams> => {
    const streams = await openStreams(fifos, name, which);
    opened.push(streams);
    return streams;
  };

  const closeClientSide = async (): Promise<void> => {
    for (const streams of opened.splice(0)) await streams[Symbol.asyncDispose]();
    for (const reader of logs.splice(0)) await reader[Symbol.asyncDispose]();
  };

  const stand: ShimStand = {
    subject,
    folder,
    namespace,
    events,
    scope,
    log: () => log,
    get address() {
      return lastAddress;
    },
    get task() {
      if (connection === undefined) throw new Error('no shim was started yet');
      return connection.task;
    },
    shimPid: async () => (await stand.task.connect({ id: 'any' })).shimPid,
    start: async (id, bundle) => {
      const address = await start(id, bundle);
      await connect(address);
      return address;
    },
    create: async ({ id = unique('c'), streams: which, io = {}, checkpoint = '', started = false, ...bundle }) => {
      if (!started) await stand.start(id, bundle);
      const terminal = bundle.terminal ?? false;
      const streams = await streamsFor(
        id,
        io.stdout === undefined ? { ...which, ...(terminal && { stderr: false }) } : { stdout: false, stderr: false },
      );
      const path = join(bundles, id);
      const { pid } = await stand.task.create(
        {
          id,
          bundle: path,
          rootfs: [await overlayOf(rootfs, path)],
          terminal,
          stdin: io.stdin ?? streams.stdin,
          stdout: io.stdout ?? streams.stdout,
          stderr: io.stderr ?? streams.stderr,
          checkpoint,
          parentCheckpoint: '',
          options: runtimeOptions,
        },
        { timeoutMs: 60_000 },
      );
      return { id, bundle: path, streams, pid };
    },
    run: async (container) => {
      const created = await stand.create(container);
      await stand.task.start({ id: created.id, execId: '' });
      return created;
    },
    addExec: async (id, execId, args, { streams: which, terminal = false, io = {}, process: more = {} } = {}) => {
      const streams = await streamsFor(
        `${id}-${execId}`,
        io.stdout === undefined ? { ...which, ...(terminal && { stderr: false }) } : { stdout: false, stderr: false },
      );
      await stand.task.exec({
        id,
        execId,
        terminal,
        stdin: io.stdin ?? streams.stdin,
        stdout: io.stdout ?? streams.stdout,
        stderr: io.stderr ?? streams.stderr,
        spec: packJson(
          'types.containerd.io/opencontainers/runtime-spec/1/Process',
          processOf(args, { terminal, ...more }),
        ),
      });
      return streams;
    },
    exec: async (id, args) => {
      const execId = unique('e');
      const streams = await stand.addExec(id, execId, args);
      const waited = stand.task.wait({ id, execId });
      await stand.task.start({ id, execId });
      const { exitStatus } = await waited;
      await stand.task.delete({ id, execId });
      await streams.ended;
      return { status: exitStatus, ...streams.output };
    },
    cleanUp: async (id) => {
      const { exitCode, stdout, stderr } = await invoke(id, ['-bundle', join(bundles, id), 'delete']);
      return { exitCode: exitCode ?? -1, stdout, stderr: Buffer.from(stderr).toString() };
    },
    expectNothingLeft: async () => {
      await closeClientSide();
      const bundlesLeft = await readdir(bundles);
      for (const id of bundlesLeft) await rm(join(bundles, id), { recursive: true, force: true });
      await expectNoLeaks(scope, emptyBefore);
    },
    [Symbol.asyncDispose]: async () => {
      await connection?.close();
      await closeClientSide();
      await events[Symbol.asyncDispose]();
      await tearDown({ folder, scope, stop: () => Promise.resolve() });
    },
  };
  const emptyBefore = await takeSnapshot(scope);
  return stand;
}
