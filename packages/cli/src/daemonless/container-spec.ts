import { isAbsolute, join } from 'node:path';
import { createBundle, type OciProcess, type OciSpec } from '@sandshim/runsc-client';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import type { Cli } from '../program/cli.ts';
import { resolveUser } from '../session/container-user.ts';
import { mergeEnv } from '../session/exec-process.ts';
import { parseSpec } from '../tasks/bundle.ts';
import type { ContainerOptions } from './container-options.ts';
import { dockerCapabilities } from './docker-capabilities.ts';

const cpuPeriodUs = 100_000;

/**
 * Writes the container's config.json into `bundle`: from the user's own bundle, or from docker's defaults around a rootfs, changed by the
 * options. Nothing of the user's is touched.
 * @throws CliError
 */
export async function writeContainerSpec(
  cli: Cli,
  target: {
    readonly bundle: string;
    readonly id: string;
    readonly namespace: string;
    readonly options: ContainerOptions;
  },
): Promise<void> {
  const { bundle, options } = target;
  const base = options.source.kind === 'bundle' ? await bundleSpec(cli, options) : await rootfsSpec(cli, target);
  const spec = { ...base, ...(await changed(cli, { base, ...target })) };
  await cli.host.writeText(join(bundle, 'config.json'), `${JSON.stringify(spec, null, 2)}\n`, { mode: 0o600 });
}

async function bundleSpec(cli: Cli, { source }: ContainerOptions): Promise<OciSpec> {
  const path = join(source.path, 'config.json');
  const text = await cli.host.readText(path);
  if (text === undefined) throw missing(`${path} does not exist`, 'make one with: runc spec --bundle FOLDER');
  const spec = parseSpec(text, path);
  const root = spec.root?.path ?? 'rootfs';
  const rootfs = isAbsolute(root) ? root : join(source.path, root);
  await requireFolder(cli, rootfs);
  return { ...spec, root: { ...spec.root, path: rootfs } };
}

async function rootfsSpec(
  cli: Cli,
  { bundle, id, options }: { readonly bundle: string; readonly id: string; readonly options: ContainerOptions },
): Promise<OciSpec> {
  await requireFolder(cli, options.source.path);
  const { spec } = await createBundle({
    folder: bundle,
    rootfs: options.source.path,
    args: options.command,
    user: { uid: 0, gid: 0 },
    writable: true,
    hostname: id.slice(0, 63),
    capabilities: dockerCapabilities,
  });
  return { ...spec, ...(spec.process === undefined ? {} : { process: { ...spec.process, noNewPrivileges: false } }) };
}

async function changed(
  cli: Cli,
  target: {
    readonly base: OciSpec;
    readonly id: string;
    readonly namespace: string;
    readonly options: ContainerOptions;
  },
): Promise<Partial<OciSpec>> {
  const { base, id, namespace, options } = target;
  const { network, readOnly, volumes } = options;
  const namespaces = base.linux?.namespaces ?? [];
  return {
    process: await changedProcess(cli, base, options),
    ...(base.root === undefined ? {} : { root: { ...base.root, readonly: readOnly || base.root.readonly === true } }),
    mounts: [
      ...(base.mounts ?? []),
      ...volumes.map(({ source, destination, readonly }) => ({
        source,
        destination,
        type: 'bind',
        options: ['rbind', readonly ? 'ro' : 'rw'],
      })),
    ],
    linux: {
      ...base.linux,
      // On the host's network: no network namespace of its own.
      namespaces: network === 'host' ? namespaces.filter(({ type }) => type !== 'network') : namespaces,
      cgroupsPath: base.linux?.cgroupsPath ?? `/sandshim/${namespace}/${id}`,
      resources: { ...base.linux?.resources, ...limits(options) },
    },
  };
}

async function changedProcess(cli: Cli, base: OciSpec, options: ContainerOptions): Promise<OciProcess> {
  const process = base.process ?? { args: [], cwd: '/' };
  const { command, terminal, user, workdir } = options;
  const args = command.length === 0 ? process.args : command;
  if (args.length === 0) throw missing('the bundle names no command', 'give one after --');
  const { columns, rows } = cli.stdout;
  const sized = terminal && columns !== undefined && rows !== undefined;
  return {
    ...process,
    args,
    terminal,
    cwd: workdir ?? process.cwd,
    env: mergeEnv(process.env ?? [], [...(terminal ? ['TERM=xterm'] : []), ...options.env], cli.env),
    ...(sized ? { consoleSize: { width: columns, height: rows } } : {}),
    ...(user === undefined ? {} : { user: await resolveUser(cli.host, { user, rootfs: base.root?.path }) }),
  };
}

function limits({ memoryBytes, cpus, pidsLimit }: ContainerOptions): Readonly<Record<string, unknown>> {
  return {
    ...(memoryBytes === undefined ? {} : { memory: { limit: memoryBytes } }),
    ...(cpus === undefined ? {} : { cpu: { quota: Math.round(cpus * cpuPeriodUs), period: cpuPeriodUs } }),
    ...(pidsLimit === undefined ? {} : { pids: { limit: pidsLimit } }),
  };
}

async function requireFolder(cli: Cli, path: string): Promise<void> {
  if ((await cli.host.info(path))?.kind === 'directory') return;
  throw missing(`${path} is not a folder`, 'it has to hold the files of the container, such as bin/sh');
}

function missing(message: string, advice: string): CliError {
  return new CliError('invalid_argument', message, { advice, exitCode: exitCodes.usage });
}
