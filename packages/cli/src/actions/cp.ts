import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, posix, resolve } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { type Copy, parseCopy } from '../copy/location.ts';
import { CliError } from '../errors/cli-error.ts';
import { withProgress } from '../output/progress.ts';
import type { Action, Cli } from '../program/cli.ts';
import { execStream } from '../session/exec-stream.ts';
import { startFailure } from '../session/start-failure.ts';
import { findTask, resolveScope } from '../tasks/scope.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';

/** `sandshim cp`: files into a container or out of one, as a tar archive through an exec, so also into a sandbox. */
export const cp: Action = async (cli, invocation) => {
  const [source = '', destination = ''] = invocation.args;
  const copy = parseCopy(source, destination);
  const task = await findTask(cli, invocation, copy.container.reference);
  const { root } = resolveScope(cli, invocation).locations;
  await using client = await connectTask(task);
  const target = { copy, client, root };
  try {
    await withProgress(cli, 'copying', () => (copy.direction === 'in' ? copyIn(cli, target) : copyOut(cli, target)));
  } catch (error) {
    throw explained(error, copy);
  }
  return 0;
};

interface CopyTarget {
  readonly copy: Copy;
  readonly client: TaskClient;
  readonly root: string;
}

async function copyIn(cli: Cli, { copy, client, root }: CopyTarget): Promise<void> {
  const { container, outside } = copy;
  const into = posix.normalize(container.path);
  const isFolder = await containerHasFolder(cli, { client, root, path: into });
  if (outside.kind === 'archive') {
    await unpackIn(cli, { client, root, folder: into, stdin: cli.stdin });
    return;
  }
  if (outside.kind !== 'host') return;
  const source = resolve(outside.path);
  if ((await cli.host.info(source)) === undefined) throw missing(`${source} does not exist`);
  const name = basename(source);
  const [folder, newName] = isFolder ? [into, name] : [posix.dirname(into), posix.basename(into)];
  const tar = hostTar(['-cf', '-', ...renaming(name, newName), '-C', dirname(source), '--', name]);
  await Promise.all([unpackIn(cli, { client, root, folder, stdin: tar.output }), tar.ended]);
}

async function copyOut(cli: Cli, { copy, client, root }: CopyTarget): Promise<void> {
  const { container, outside } = copy;
  const source = posix.normalize(container.path);
  const name = posix.basename(source) || '.';
  const args = ['tar', '-cf', '-', '-C', posix.dirname(source), name];
  if (outside.kind === 'archive') {
    await checked(execStream(cli, client, { args, root, stdout: cli.stdout }));
    return;
  }
  if (outside.kind !== 'host') return;
  const destination = resolve(outside.path);
  const isFolder = (await cli.host.info(destination))?.kind === 'directory';
  const [folder, newName] = isFolder ? [destination, name] : [dirname(destination), basename(destination)];
  await mkdir(folder, { recursive: true });
  // What comes out of a sandbox is not trusted with owners, and GNU tar keeps it inside the folder.
  const tar = hostTar(['-xf', '-', '--no-same-owner', ...renaming(name, newName), '-C', folder]);
  await Promise.all([checked(execStream(cli, client, { args, root, stdout: tar.child.stdin })), tar.ended]);
}

async function unpackIn(
  cli: Cli,
  target: {
    readonly client: TaskClient;
    readonly root: string;
    readonly folder: string;
    readonly stdin: Readable;
  },
): Promise<void> {
  const { client, root, folder, stdin } = target;
  await checked(execStream(cli, client, { args: ['tar', '-xf', '-', '-C', folder], root, stdin }));
}

async function containerHasFolder(
  cli: Cli,
  { client, root, path }: { readonly client: TaskClient; readonly root: string; readonly path: string },
): Promise<boolean> {
  const args = ['sh', '-c', '[ -d "$1" ]', 'sh', path];
  return (await execStream(cli, client, { args, root })).status === 0;
}

function hostTar(args: readonly string[]) {
  const child = spawn('tar', [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr.setEncoding('utf8');
  let said = '';
  child.stderr.on('data', (text: string) => {
    said += text;
  });
  // Read at once: Node throws away what nobody has begun to read when the process ends.
  const output = child.stdout.pipe(new PassThrough());
  const ended = new Promise<void>((fulfil, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? fulfil() : reject(missing(`tar failed: ${said.trim()}`))));
  });
  // Whoever awaits it hears of it; a failure on the container's side comes first and is the reason.
  ended.catch(() => undefined);
  return { child, ended, output };
}

// tar's own renaming: the name at the beginning of each entry, and of no link's target.
function renaming(name: string, newName: string): readonly string[] {
  if (name === newName) return [];
  const pattern = name.replaceAll(/[\\.^$*[\],]/g, '\\$&');
  return ['--transform', `flags=r;s,^${pattern},${newName.replaceAll(/[\\&,]/g, '\\$&')},`];
}

async function checked(run: Promise<{ readonly status: number; readonly stderr: string }>): Promise<void> {
  const { status, stderr } = await run;
  if (status !== 0) throw missing(stderr.split('\n')[0] || `tar ended with status ${status} in the container`);
}

function missing(message: string): CliError {
  return new CliError('not_found', message);
}

function explained(error: unknown, copy: Copy): unknown {
  const failure = startFailure(error, ['tar']);
  if (failure.exitCode !== 127) return error;
  return new CliError('failed_precondition', 'the container has no tar, which cp needs', {
    advice: `use a mount instead (run -v), or: sandshim exec ${copy.container.reference} cat …`,
    cause: error,
  });
}
