import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CheckpointOptions, packAny } from '@sandshim/shim-server/api';
import { ownRecord } from '../daemonless/own-record.ts';
import { createAgain } from '../daemonless/start-again.ts';
import { CliError } from '../errors/cli-error.ts';
import { withProgress } from '../output/progress.ts';
import type { Action } from '../program/cli.ts';
import { flag } from '../program/options.ts';
import { findTask, resolveScope } from '../tasks/scope.ts';
import { connectTask } from '../tasks/task-client.ts';

const checkpointTimeoutMs = 600_000;

/** `sandshim checkpoint`: writes a container's memory and state into a folder. */
export const checkpoint: Action = async (cli, { verb, args: [reference = '', folder = ''], options }) => {
  const task = await findTask(cli, { verb, args: [], options }, reference);
  const path = resolve(folder);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await using client = await connectTask(task);
  const exit = !flag(options, 'leaveRunning');
  const how = packAny(CheckpointOptions, CheckpointOptions.create({ exit, imagePath: path }));
  await withProgress(cli, `writing ${path}`, () =>
    client.rpc.checkpoint({ id: task.id, path, options: how }, { timeoutMs: checkpointTimeoutMs }),
  );
  cli.stdout.write(`${path}\n`);
  return 0;
};

/** `sandshim restore`: has a container that sandshim made go on from a checkpoint. */
export const restore: Action = async (cli, { verb, args: [reference = '', folder = ''], options }) => {
  const invocation = { verb, args: [], options };
  const task = await findTask(cli, invocation, reference);
  const path = resolve(folder);
  if ((await cli.host.info(path))?.kind !== 'directory') {
    throw new CliError('not_found', `${path} is not a folder`, {
      advice: `make one: sandshim checkpoint ${task.id} ${folder}`,
    });
  }
  const { root } = resolveScope(cli, invocation).locations;
  const record = await ownRecord(cli, task);
  await withProgress(cli, `restoring ${task.id}`, async () => {
    await using client = await createAgain(cli, { task, record, root, checkpoint: path });
    await client.rpc.start({ id: task.id, execId: '' }, { timeoutMs: checkpointTimeoutMs });
  });
  cli.stdout.write(`${task.id}\n`);
  return 0;
};
