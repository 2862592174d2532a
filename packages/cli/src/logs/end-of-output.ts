import { setTimeout as sleep } from 'node:timers/promises';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { readRecord } from '../tasks/record.ts';
import { connectTask } from '../tasks/task-client.ts';

const forever = 2_000_000_000;
// The logging program is a process of its own: it needs a moment to write down what was said last.
const lastWordsMs = 300;

/** Settles when nothing more can come into a container's log: it has ended, or its shim is gone, or the signal aborts. Never rejects. */
export async function endOfOutput(
  cli: Cli,
  task: TaskFolder,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const record = await readRecord(cli.host, task);
  if (record?.exit === undefined) {
    try {
      await using client = await connectTask(task);
      await client.rpc.wait({ id: task.id, execId: '' }, { timeoutMs: forever, ...options });
    } catch {
      // Nobody is left who could say when it ends.
    }
  }
  if (options.signal?.aborted !== true) await sleep(lastWordsMs);
}
