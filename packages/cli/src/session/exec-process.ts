import { isAbsolute, join } from 'node:path';
import type { OciProcess } from '@sandshim/runsc-client';
import { CliError, usageError } from '../errors/cli-error.ts';
import type { Cli } from '../program/cli.ts';
import { text, texts } from '../program/options.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { readSpec } from '../tasks/bundle.ts';
import { resolveUser } from './container-user.ts';

/**
 * The OCI process of an exec: the container's own environment, folder, user and limits, changed by `-e`, `-w` and `-u`.
 * @throws CliError
 */
export async function execProcess(
  cli: Cli,
  options: {
    readonly task: TaskFolder;
    readonly args: readonly string[];
    readonly terminal: boolean;
    readonly options: Readonly<Record<string, unknown>>;
  },
): Promise<OciProcess> {
  const { task, args, terminal } = options;
  const spec = await readSpec(cli.host, task);
  if (spec.process === undefined) throw new CliError('failed_precondition', `${task.id} has no process of its own`);
  const user = text(options.options, 'user');
  const root = spec.root?.path;
  const rootfs = root === undefined || isAbsolute(root) ? root : join(task.bundle, root);
  const { columns, rows } = cli.stdout;
  const sized = terminal && columns !== undefined && rows !== undefined;
  return {
    ...spec.process,
    args,
    terminal,
    // Known from the first moment; what it is later comes by ResizePty.
    ...(sized ? { consoleSize: { width: columns, height: rows } } : {}),
    cwd: text(options.options, 'workdir') ?? spec.process.cwd,
    env: mergeEnv(
      terminal ? withTerm(spec.process.env) : (spec.process.env ?? []),
      texts(options.options, 'env'),
      cli.env,
    ),
    ...(user === undefined ? {} : { user: await resolveUser(cli.host, { user, rootfs }) }),
  };
}

/**
 * `NAME=VALUE`, or `NAME` alone for this command's own value of it, over what is there.
 * @throws CliError `invalid_argument` for one without a name.
 */
export function mergeEnv(
  base: readonly string[],
  given: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const merged = new Map(base.map((entry) => [nameOf(entry), entry]));
  for (const entry of given) {
    const name = nameOf(entry);
    if (name === '') throw usageError(`--env ${JSON.stringify(entry)} has no name`);
    if (entry.includes('=')) merged.set(name, entry);
    else if (own[name] !== undefined) merged.set(name, `${name}=${own[name]}`);
  }
  return [...merged.values()];
}

function withTerm(env: readonly string[] = []): readonly string[] {
  return env.some((entry) => entry.startsWith('TERM=')) ? env : [...env, 'TERM=xterm'];
}

function nameOf(entry: string): string {
  const at = entry.indexOf('=');
  return at < 0 ? entry : entry.slice(0, at);
}
