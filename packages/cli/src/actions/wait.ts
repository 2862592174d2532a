import type { Action } from '../program/cli.ts';
import { text } from '../program/options.ts';
import { forEachTask } from '../tasks/for-each-task.ts';
import { readRecord } from '../tasks/record.ts';
import { connectTask } from '../tasks/task-client.ts';

/** `sandshim wait`: blocks until each container has ended and prints its exit status. */
export const wait: Action = async (cli, invocation) =>
  await forEachTask(cli, invocation, async (task) => {
    const record = await readRecord(cli.host, task);
    if (record?.exit !== undefined) return String(record.exit.status);
    await using client = await connectTask(task);
    const execId = text(invocation.options, 'execId') ?? '';
    const { exitStatus } = await client.rpc.wait({ id: task.id, execId }, { timeoutMs: forever });
    return String(exitStatus);
  });

// The longest bound that a ttrpc request can carry without harm: about 24 days.
const forever = 2_000_000_000;
