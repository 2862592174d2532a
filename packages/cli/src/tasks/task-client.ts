import { SandshimError } from '@sandshim/runsc-client';
import { TaskV2Definition, TaskV3Definition } from '@sandshim/shim-server/api';
import { connectTtrpc, createClient, type RpcChannel, type ServiceClient } from '@sandshim/shim-server/ttrpc';
import { CliError } from '../errors/cli-error.ts';
import type { TaskFolder } from '../state/task-folders.ts';

/** The Task service of one shim. Versions 2 and 3 differ in their name only. */
export type TaskRpc = ServiceClient<typeof TaskV2Definition>;

/** A connection to the shim of one task. Disposing closes it; the task is not touched. */
export interface TaskClient extends AsyncDisposable {
  readonly task: TaskFolder;
  readonly rpc: TaskRpc;
  /** Of the Task service. */
  readonly version: 2 | 3;
}

const connectTimeoutMs = 2000;
const callTimeoutMs = 20_000;

/**
 * Connects to a task's shim, whoever wrote it: ttrpc or gRPC, Task version 2 or 3.
 * @throws CliError `unavailable` when the shim has no address or does not answer.
 */
export async function connectTask(task: TaskFolder): Promise<TaskClient> {
  const channel = await openChannel(task);
  const version = await taskVersion(channel, task);
  const rpc = taskRpc(channel, { version, task, timeoutMs: callTimeoutMs });
  return { task, rpc, version, [Symbol.asyncDispose]: () => channel.close() };
}

async function openChannel(task: TaskFolder): Promise<RpcChannel> {
  const { address } = task;
  if (address === undefined) throw shimGone(task, 'it left no address');
  try {
    if (address.protocol === 'ttrpc') return await connectTtrpc(address.socket, { timeoutMs: connectTimeoutMs });
    const { GrpcChannel } = await import('../containerd/grpc-channel.ts');
    return await GrpcChannel.connect(address.socket);
  } catch (cause) {
    throw shimGone(task, 'nothing answers on its socket', cause);
  }
}

/** The error for a task whose shim cannot be asked. */
export function shimGone(task: TaskFolder, why: string, cause?: unknown): CliError {
  return new CliError('unavailable', `the shim of ${task.id} is gone: ${why}`, {
    advice: `clean up what it left: sandshim rm -f -n ${task.namespace} ${task.id}`,
    cause,
  });
}

// containerd 1.x names version 2, but a shim of 2.x may serve version 3 alone: Connect never fails where it is served.
async function taskVersion(channel: RpcChannel, task: TaskFolder): Promise<2 | 3> {
  const named = task.address?.version ?? 2;
  if (named === 2) return 2;
  try {
    await taskRpc(channel, { version: 3, task, timeoutMs: connectTimeoutMs }).connect({ id: task.id });
    return 3;
  } catch (error) {
    if (SandshimError.is(error) && error.code === 'unimplemented') return 2;
    throw error;
  }
}

function taskRpc(
  channel: RpcChannel,
  options: { readonly version: 2 | 3; readonly task: TaskFolder; readonly timeoutMs: number },
): TaskRpc {
  const { namespace } = options.task;
  const metadata = { 'containerd-namespace-ttrpc': namespace, 'containerd-namespace': namespace };
  const defaults = { timeoutMs: options.timeoutMs, metadata };
  // The method keys and messages of both versions are the same ones.
  return options.version === 2
    ? createClient(TaskV2Definition, { channel, defaults })
    : createClient(TaskV3Definition, { channel, defaults });
}
