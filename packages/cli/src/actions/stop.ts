import { SandshimError } from '@sandshim/runsc-client';
import { withProgress } from '../output/progress.ts';
import type { Action } from '../program/cli.ts';
import { numeric, text } from '../program/options.ts';
import { forEachTask } from '../tasks/for-each-task.ts';
import { parseSignal } from '../tasks/signals.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';

const defaultGraceSeconds = 10;
const killedMs = 10_000;
const sigKill = 9;

/** `sandshim stop`: asks each container to end, and ends it when it has not done so in time. */
export const stop: Action = async (cli, invocation) => {
  const { options } = invocation;
  const graceMs = (numeric(options, 'time') ?? defaultGraceSeconds) * 1000;
  const signal = parseSignal(text(options, 'signal') ?? 'TERM');
  return await forEachTask(cli, invocation, async (task) => {
    await using client = await connectTask(task);
    await withProgress(cli, `stopping ${task.id}`, () => stopTask(client, { signal, graceMs }));
    return undefined;
  });
};

/** Ends a task's init process; one that has ended already is fine. */
export async function stopTask(
  client: TaskClient,
  options: { readonly signal: number; readonly graceMs: number },
): Promise<void> {
  const id = { id: client.task.id, execId: '' };
  const kill = async (signal: number): Promise<boolean> => {
    try {
      await client.rpc.kill({ ...id, signal, all: signal === sigKill });
      return true;
    } catch (error) {
      if (SandshimError.is(error) && error.code === 'not_found') return false;
      throw error;
    }
  };
  if (!(await kill(options.signal))) return;
  if (options.graceMs > 0 && (await endsWithin(client, options.graceMs))) return;
  if (await kill(sigKill)) await endsWithin(client, killedMs);
}

async function endsWithin(client: TaskClient, timeoutMs: number): Promise<boolean> {
  try {
    await client.rpc.wait({ id: client.task.id, execId: '' }, { timeoutMs });
    return true;
  } catch (error) {
    if (SandshimError.is(error) && error.code === 'deadline_exceeded') return false;
    throw error;
  }
}
