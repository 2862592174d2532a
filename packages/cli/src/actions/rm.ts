import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { releaseTask, removeFiles } from '../daemonless/release.ts';
import { deleteByShim } from '../daemonless/shim-launcher.ts';
import { CliError } from '../errors/cli-error.ts';
import { withProgress } from '../output/progress.ts';
import type { Action, Cli } from '../program/cli.ts';
import { flag } from '../program/options.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { forEachTask } from '../tasks/for-each-task.ts';
import { readRecord } from '../tasks/record.ts';
import { resolveScope, type Scope } from '../tasks/scope.ts';
import { snapshotTask } from '../tasks/snapshot.ts';
import { connectTask } from '../tasks/task-client.ts';
import { stopTask } from './stop.ts';

const sigKill = 9;

/** `sandshim rm`: removes ended containers; with -f also running ones, and what a dead shim has left. */
export const rm: Action = async (cli, invocation) => {
  const scope = resolveScope(cli, invocation);
  const force = flag(invocation.options, 'force');
  return await forEachTask(cli, invocation, async (task) => {
    await withProgress(cli, `removing ${task.id}`, () => remove(cli, { task, scope, force }));
    return undefined;
  });
};

interface RemoveTarget {
  readonly task: TaskFolder;
  readonly scope: Scope;
  readonly force: boolean;
}

async function remove(cli: Cli, { task, scope, force }: RemoveTarget): Promise<void> {
  const record = await readRecord(cli.host, task);
  const { status, note } = await snapshotTask(cli, task);
  const ended = status === 'stopped' || status === 'exited' || status === 'created';
  if (!ended && !force) {
    const state = note === undefined ? status : `${status} (${note})`;
    throw new CliError('failed_precondition', `${task.id} is ${state}`, {
      advice: `end it too: sandshim rm -f ${task.id}`,
    });
  }
  if (status === 'dead' || status === 'unknown') await removeDead(cli, { task, scope, shim: record?.shim });
  else if (status !== 'exited') await removeLive(task);
  // containerd removes its own bundles once it notices that the shim has gone; without containerd nobody does.
  const engineLives = task.origin === 'containerd' && (await cli.host.accepts(scope.locations.containerdSocket));
  if (!engineLives) await removeFiles(cli, { task, log: record?.log });
}

async function removeLive(task: TaskFolder): Promise<void> {
  await using client = await connectTask(task);
  await stopTask(client, { signal: sigKill, graceMs: 0 }).catch((error: unknown) => {
    // One that was created and never started cannot be signalled; deleting it ends it.
    if (!SandshimError.is(error)) throw error;
  });
  await releaseTask(client);
}

async function removeDead(
  cli: Cli,
  { task, scope, shim }: { readonly task: TaskFolder; readonly scope: Scope; readonly shim: string | undefined },
): Promise<void> {
  const launcher = shim ?? (await cli.host.readText(join(task.bundle, 'shim-binary-path')))?.trim();
  if (launcher === undefined || launcher === '') return;
  await deleteByShim(cli, { task, launcher, root: scope.locations.root });
}
