import { join } from 'node:path';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import { journalPath } from '../events/journal.ts';
import { defaultPath } from '../host/find-executable.ts';
import type { RunCommandOptions } from '../host/host.ts';
import { ownBinFolder, shimPrograms } from '../program/bin-folder.ts';
import type { Cli } from '../program/cli.ts';
import { parseShimAddress } from '../state/shim-address.ts';
import type { TaskFolder } from '../state/task-folders.ts';

const startTimeoutMs = 30_000;
const deleteTimeoutMs = 30_000;

/**
 * Our own shim for a runtime, beside this command, whatever PATH says.
 * @throws CliError `not_found` in an incomplete installation.
 */
export function shimLauncher(cli: Cli, runtime: 'runsc' | 'runc'): string {
  const folder = ownBinFolder(cli.env);
  if (folder !== undefined) return join(folder, shimPrograms[runtime]);
  throw new CliError('not_found', `${shimPrograms[runtime]} is not installed beside sandshim`, {
    advice: 'build it (npm run build), or name its folder: SANDSHIM_BIN=…',
    exitCode: exitCodes.usage,
  });
}

/** Starts a task's shim as containerd would; its events go to sandshim's journal. */
export async function startShim(
  cli: Cli,
  target: { readonly task: TaskFolder; readonly launcher: string; readonly root: string },
): Promise<TaskFolder> {
  const { task, launcher, root } = target;
  const args = [...engineFlags(task, root), 'start'];
  const result = await cli.host.run(launcher, args, { ...engine(cli, { task, root }), timeoutMs: startTimeoutMs });
  if (result.exitCode !== 0) {
    throw new CliError('unavailable', `the shim did not start: ${result.stderr.trim() || result.stdout.trim()}`, {
      advice: 'see what is wrong on this machine: sandshim doctor',
    });
  }
  await cli.host.writeText(join(task.bundle, 'bootstrap.json'), result.stdout.trim(), { mode: 0o600 });
  return { ...task, address: parseShimAddress(result.stdout) };
}

/** Runs a shim's `delete`, which removes what a dead shim has left. It may fail for what was never made: that is not told. */
export async function deleteByShim(
  cli: Cli,
  target: { readonly task: TaskFolder; readonly launcher: string; readonly root: string },
): Promise<void> {
  const { task, launcher, root } = target;
  const args = [...engineFlags(task, root), '-bundle', task.bundle, 'delete'];
  await cli.host.run(launcher, args, { ...engine(cli, { task, root }), timeoutMs: deleteTimeoutMs });
}

function engineFlags(task: TaskFolder, root: string): readonly string[] {
  const address = join(root, 'sandshim.sock');
  return ['-namespace', task.namespace, '-address', address, '-publish-binary', '/bin/true', '-id', task.id];
}

function engine(cli: Cli, { task, root }: { readonly task: TaskFolder; readonly root: string }): RunCommandOptions {
  return {
    cwd: task.bundle,
    env: {
      // Where runtimes live is not on every user's PATH.
      PATH: `${cli.env['PATH'] ?? ''}:${defaultPath}`,
      TTRPC_ADDRESS: `file://${journalPath(root)}`,
      SANDSHIM_SOCKET_DIR: join(root, 's'),
      // What containerd has said since 1.7; it makes the answer say its protocol.
      MAX_SHIM_VERSION: '2',
      GRPC_ADDRESS: join(root, 'sandshim.sock'),
      NAMESPACE: task.namespace,
    },
  };
}
