import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type IoEndpoints, makeFifos } from '@sandshim/io';
import type { Any } from '@sandshim/shim-server/api';
import { CliError } from '../errors/cli-error.ts';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { type ContainerRecord, writeRecord } from '../tasks/record.ts';
import { snapshotTask } from '../tasks/snapshot.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';
import { createTask } from './create-task.ts';
import { logProgram } from './log-path.ts';
import { releaseTask } from './release.ts';
import { deleteByShim } from './shim-launcher.ts';

export interface StartAgainOptions {
  readonly task: TaskFolder;
  readonly record: ContainerRecord;
  /** sandshim's state folder. */
  readonly root: string;
  /** Folder of a checkpoint to go on from. */
  readonly checkpoint?: string;
}

/**
 * Makes a container that has ended anew in a shim of its own, from the bundle that is still there; its output goes on in its log. The caller
 * owns the connection, and starts it.
 * @throws CliError `failed_precondition` for one that runs.
 */
export async function createAgain(cli: Cli, options: StartAgainOptions): Promise<TaskClient> {
  const { task, record, root, checkpoint } = options;
  const { status, pid } = await snapshotTask(cli, task);
  const alive =
    status === 'running' || status === 'paused' || status === 'pausing' || (status === 'dead' && pid !== undefined);
  if (alive) {
    throw new CliError('failed_precondition', `${task.id} is ${status}`, {
      advice: `stop it first: sandshim stop ${task.id}`,
    });
  }
  if (status === 'stopped' || status === 'created') {
    await using client = await connectTask(task);
    await releaseTask(client);
  }
  if (status === 'dead') await deleteByShim(cli, { task, launcher: record.shim, root });
  const { exit: _exit, ...again } = record;
  await writeRecord(cli.host, task.bundle, again);
  const made = {
    task,
    launcher: record.shim,
    root,
    endpoints: await freshEndpoints(cli, options),
    options: optionsOf(record),
  };
  return await createTask(cli, checkpoint === undefined ? made : { ...made, checkpoint });
}

async function freshEndpoints(cli: Cli, { task, record }: StartAgainOptions): Promise<IoEndpoints> {
  const folder = join(task.bundle, 'io');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const { terminal, interactive, log } = record;
  const { openSys } = await import('@sandshim/io/sys');
  const fifos = makeFifos(folder, { sys: await openSys(), stdin: interactive, terminal });
  if (log === undefined) return fifos;
  const program = logProgram(cli, log);
  return { ...fifos, stdout: program, stderr: terminal ? '' : program };
}

function optionsOf({ options }: ContainerRecord): Any | undefined {
  return options === undefined ? undefined : { typeUrl: options.typeUrl, value: Buffer.from(options.value, 'base64') };
}
