import { CliError } from '../errors/cli-error.ts';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { type ContainerRecord, readRecord } from '../tasks/record.ts';

/**
 * The record of a container that sandshim made.
 * @throws CliError `failed_precondition` for anybody else's.
 */
export async function ownRecord(cli: Cli, task: TaskFolder): Promise<ContainerRecord> {
  const record = await readRecord(cli.host, task);
  if (record !== undefined) return record;
  throw new CliError('failed_precondition', `${task.id} was not made by sandshim`, {
    advice: 'use the tool that made it (ctr, nerdctl, kubectl)',
  });
}
