import { setTimeout as sleep } from 'node:timers/promises';
import { recordExit, releaseTask, removeFiles } from '../daemonless/release.ts';
import type { Action } from '../program/cli.ts';
import { readRecord } from '../tasks/record.ts';
import { findTask } from '../tasks/scope.ts';
import { connectTask } from '../tasks/task-client.ts';

const forever = 2_000_000_000;
const sigKill = 9;

/** The hidden verb behind `run -d --rm` and `run -d --timeout`: see `watchInBackground`. */
export const watch: Action = async (cli, invocation) => {
  const task = await findTask(cli, invocation, invocation.args[0] ?? '');
  const record = await readRecord(cli.host, task);
  if (record === undefined) return 1;
  await using client = await connectTask(task);
  const { id } = task;
  const ended = client.rpc.wait({ id, execId: '' }, { timeoutMs: forever });
  const controller = new AbortController();
  const limit =
    record.timeoutMs === undefined ? forever : record.createdAt.getTime() + record.timeoutMs - cli.now().getTime();
  const late = sleep(Math.max(0, limit), 'late' as const, { signal: controller.signal }).catch(() => 'late' as const);
  if ((await Promise.race([ended, late])) === 'late') {
    await client.rpc.kill({ id, execId: '', signal: sigKill, all: true });
    await ended;
  }
  controller.abort();
  const exit = await releaseTask(client);
  if (record.autoRemove) await removeFiles(cli, { task, log: record.log });
  else if (exit !== undefined) await recordExit(cli, { task, record, exit });
  return 0;
};
