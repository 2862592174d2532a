import { ownRecord } from '../daemonless/own-record.ts';
import { createAgain } from '../daemonless/start-again.ts';
import { watchInBackground } from '../daemonless/watch.ts';
import { withProgress } from '../output/progress.ts';
import type { Action, Cli, Invocation } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { forEachTask } from '../tasks/for-each-task.ts';
import { readRecord } from '../tasks/record.ts';
import { resolveScope } from '../tasks/scope.ts';
import { snapshotTask } from '../tasks/snapshot.ts';
import { connectTask } from '../tasks/task-client.ts';

/** `sandshim start`: starts what was created, and what sandshim made and has ended. */
export const start: Action = async (cli, invocation) =>
  await forEachTask(cli, invocation, async (task) => {
    await withProgress(cli, `starting ${task.id}`, () => startOne(cli, { invocation, task }));
    return undefined;
  });

async function startOne(
  cli: Cli,
  { invocation, task }: { readonly invocation: Invocation; readonly task: TaskFolder },
): Promise<void> {
  const scope = resolveScope(cli, invocation);
  const { status } = await snapshotTask(cli, task);
  const { root } = scope.locations;
  await using client =
    status === 'created'
      ? await connectTask(task)
      : await createAgain(cli, { task, record: await ownRecord(cli, task), root });
  await client.rpc.start({ id: task.id, execId: '' });
  const record = await readRecord(cli.host, task);
  if (record?.autoRemove === true || record?.timeoutMs !== undefined) await watchInBackground(cli, { task, scope });
}
