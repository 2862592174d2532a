import type { IoEndpoints } from '@sandshim/io';
import type { Any } from '@sandshim/shim-server/api';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';
import { deleteByShim, startShim } from './shim-launcher.ts';

const createTimeoutMs = 60_000;

export interface CreateTaskOptions {
  readonly task: TaskFolder;
  readonly launcher: string;
  /** sandshim's state folder. */
  readonly root: string;
  readonly endpoints: IoEndpoints;
  readonly options: Any | undefined;
  /** Folder of a checkpoint to go on from. */
  readonly checkpoint?: string;
}

/**
 * Starts a shim and has it create the container, as containerd would. The caller owns the connection. On failure the shim is gone
 * and nothing of the container is left but its bundle.
 */
export async function createTask(cli: Cli, target: CreateTaskOptions): Promise<TaskClient> {
  const { launcher, root, endpoints, options, checkpoint = '' } = target;
  const task = await startShim(cli, target);
  let client: TaskClient | undefined;
  try {
    client = await connectTask(task);
    const { id, bundle } = task;
    const request = { id, bundle, rootfs: [], ...endpoints, checkpoint, parentCheckpoint: '', options };
    await client.rpc.create(request, { timeoutMs: createTimeoutMs });
    return client;
  } catch (error) {
    await client?.rpc.shutdown({ id: task.id, now: true }).catch(() => undefined);
    await client?.[Symbol.asyncDispose]();
    await deleteByShim(cli, { task, launcher, root });
    throw error;
  }
}
