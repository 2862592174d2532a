import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type IoEndpoints, makeFifos } from '@sandshim/io';
import type { Any } from '@sandshim/shim-server/api';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import type { Cli } from '../program/cli.ts';
import { type TaskFolder, taskLayout } from '../state/task-folders.ts';
import { type ContainerRecord, writeRecord } from '../tasks/record.ts';
import type { Scope } from '../tasks/scope.ts';
import type { ContainerOptions } from './container-options.ts';
import { writeContainerSpec } from './container-spec.ts';
import { logPath, logProgram } from './log-path.ts';
import { runtimeOptions } from './runtime-options.ts';
import { shimLauncher } from './shim-launcher.ts';

/** A container whose bundle is laid out, and whose shim has not been started. */
export interface NewContainer {
  readonly task: TaskFolder;
  readonly record: ContainerRecord;
  readonly endpoints: IoEndpoints;
  readonly options: Any;
}

/**
 * Lays out a container's bundle in sandshim's state folder: spec, record, fifos. On failure nothing is left.
 * @throws CliError `already_exists` for a name that is taken.
 */
export async function layOutContainer(
  cli: Cli,
  target: { readonly scope: Scope; readonly options: ContainerOptions; readonly detached: boolean },
): Promise<NewContainer> {
  const { scope, options, detached } = target;
  const namespace = scope.namespace ?? 'default';
  const { root } = scope.locations;
  const id = options.id ?? randomBytes(6).toString('hex');
  const bundle = join(root, taskLayout, namespace, id);
  await makeBundleFolder(bundle, id);
  try {
    const log = logPath(cli, { root, namespace, id });
    const runtime = await runtimeOptions(cli, { options, root });
    const record: ContainerRecord = {
      runtime: options.runtime,
      shim: shimLauncher(cli, options.runtime),
      createdAt: cli.now(),
      terminal: options.terminal,
      interactive: options.interactive,
      autoRemove: options.autoRemove,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      log,
      options: { typeUrl: runtime.typeUrl, value: Buffer.from(runtime.value).toString('base64') },
    };
    await writeContainerSpec(cli, { bundle, id, namespace, options });
    await writeRecord(cli.host, bundle, record);
    // The shim's own log, in the place where containerd has its fifo.
    await cli.host.writeText(join(bundle, 'log'), '', { mode: 0o600 });
    const task: TaskFolder = { namespace, id, bundle, origin: 'sandshim', address: undefined };
    const endpoints = await makeEndpoints(cli, { bundle, log, options, detached });
    return { task, record, endpoints, options: runtime };
  } catch (error) {
    await rm(bundle, { recursive: true, force: true });
    throw error;
  }
}

async function makeBundleFolder(bundle: string, id: string): Promise<void> {
  try {
    await mkdir(join(bundle, '..'), { recursive: true, mode: 0o711 });
    await mkdir(bundle, { mode: 0o700 });
    // A container gets its files from elsewhere; the shim mounts here only what it is told to.
    await mkdir(join(bundle, 'rootfs'), { mode: 0o711 });
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (!taken) throw cause;
    throw new CliError('already_exists', `a container called ${id} is there already`, {
      advice: `choose another --name, or remove it: sandshim rm -f ${id}`,
      exitCode: exitCodes.usage,
    });
  }
}

/** Fifos for a container that somebody watches; a logging program for the output of one that nobody does. */
async function makeEndpoints(
  cli: Cli,
  target: {
    readonly bundle: string;
    readonly log: string;
    readonly options: ContainerOptions;
    readonly detached: boolean;
  },
): Promise<IoEndpoints> {
  const { bundle, log, options, detached } = target;
  const { terminal, interactive } = options;
  const { openSys } = await import('@sandshim/io/sys');
  const folder = join(bundle, 'io');
  await mkdir(folder, { mode: 0o700 });
  const fifos = makeFifos(folder, { sys: await openSys(), stdin: interactive, terminal });
  if (!detached) return fifos;
  const program = logProgram(cli, log);
  return { ...fifos, stdout: program, stderr: terminal ? '' : program };
}
