import { basename, join } from 'node:path';
import type { OciProcess, OciSpec } from '@sandshim/runsc-client';
import { CliError } from '../errors/cli-error.ts';
import type { Host } from '../host/host.ts';
import type { TaskFolder } from '../state/task-folders.ts';

/** What a task's bundle tells without asking anyone. */
export interface BundleFacts {
  /** The init process's command line. */
  readonly command: readonly string[];
  /** The runtime as people call it: runsc, runc. */
  readonly runtime: string;
  readonly createdAt: Date | undefined;
  /** Host pid that the runtime wrote down; it may be gone or somebody else's by now. */
  readonly initPid: number | undefined;
}

/** Reads what is there; a half-made bundle gives what it has. */
export async function readBundleFacts(host: Host, task: TaskFolder): Promise<BundleFacts> {
  const [spec, shim, info, pid] = await Promise.all([
    readSpec(host, task).catch(() => undefined),
    host.readText(join(task.bundle, 'shim-binary-path')),
    host.info(join(task.bundle, 'config.json')),
    host.readText(join(task.bundle, 'init.pid')),
  ]);
  return {
    command: spec?.process?.args ?? [],
    runtime: runtimeOf(basename(shim?.trim() ?? '')),
    createdAt: info?.modifiedAt,
    initPid: pid === undefined || pid.trim() === '' ? undefined : Number(pid),
  };
}

/**
 * The bundle's config.json.
 * @throws CliError `not_found` or `invalid_argument`
 */
export async function readSpec(host: Host, task: TaskFolder): Promise<OciSpec> {
  const path = join(task.bundle, 'config.json');
  const source = await host.readText(path);
  if (source === undefined) throw new CliError('not_found', `${path} does not exist`);
  return parseSpec(source, path);
}

/** @throws CliError `invalid_argument` unless `source` is a JSON object whose process, if any, has arguments and a folder. */
export function parseSpec(source: string, path: string): OciSpec {
  const bad = (why: string, cause?: unknown): CliError =>
    new CliError('invalid_argument', `${path} ${why}`, { cause, advice: 'make one with: runc spec' });
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw bad(`is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('is not an object');
  const spec = { ociVersion: '1.0.2', ...value };
  if (!('process' in spec)) return spec;
  return { ...spec, process: parseProcess(spec.process, bad) };
}

function parseProcess(value: unknown, bad: (why: string) => CliError): OciProcess {
  if (typeof value !== 'object' || value === null) throw bad('has a process that is not an object');
  const args = 'args' in value && Array.isArray(value.args) ? value.args.map(String) : [];
  const cwd = 'cwd' in value && typeof value.cwd === 'string' ? value.cwd : '/';
  return { ...value, args, cwd };
}

// containerd-shim-runsc-v1 runs runsc, containerd-shim-runc-v2 and containerd-shim-sandshim-runc-v2 run runc.
function runtimeOf(shim: string): string {
  return /^containerd-shim-(?:sandshim-)?(.+)-v\d+$/.exec(shim)?.[1] ?? '';
}
