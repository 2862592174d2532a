import { withProgress } from '../output/progress.ts';
import type { Action } from '../program/cli.ts';
import { flag, text } from '../program/options.ts';
import { forEachTask } from '../tasks/for-each-task.ts';
import { parseSignal } from '../tasks/signals.ts';
import { connectTask } from '../tasks/task-client.ts';

/** `sandshim kill`. */
export const kill: Action = async (cli, invocation) => {
  const { options } = invocation;
  const signal = parseSignal(text(options, 'signal') ?? 'KILL');
  const execId = text(options, 'execId') ?? '';
  return await forEachTask(cli, invocation, async (task) => {
    await using client = await connectTask(task);
    await client.rpc.kill({ id: task.id, execId, signal, all: flag(options, 'all') });
    return undefined;
  });
};

/** `sandshim pause`. */
export const pause: Action = async (cli, invocation) =>
  await forEachTask(cli, invocation, async (task) => {
    await using client = await connectTask(task);
    await withProgress(cli, `pausing ${task.id}`, () => client.rpc.pause({ id: task.id }));
    return undefined;
  });

/** `sandshim resume`. */
export const resume: Action = async (cli, invocation) =>
  await forEachTask(cli, invocation, async (task) => {
    await using client = await connectTask(task);
    await withProgress(cli, `resuming ${task.id}`, () => client.rpc.resume({ id: task.id }));
    return undefined;
  });
