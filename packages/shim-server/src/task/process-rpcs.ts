import type { ProcessStatus } from '@sandshim/proc';
import type {
  DeleteRequest,
  DeleteResponse,
  KillRequest,
  StartRequest,
  StartResponse,
  StateRequest,
  StateResponse,
  WaitRequest,
  WaitResponse,
} from '../api/gen/containerd/task/v3/task.ts';
import { Status } from '../api/gen/containerd/types/process.ts';
import type { Empty } from '../api/gen/google/protobuf/empty.ts';
import { goZeroTime, timestampFromDate } from '../api/timestamp.ts';
import type { CallContext } from '../rpc/handler.ts';
import type { TaskContext } from './task-context.ts';

const statusOnTheWire = {
  created: Status.CREATED,
  running: Status.RUNNING,
  pausing: Status.PAUSING,
  paused: Status.PAUSED,
  stopped: Status.STOPPED,
  deleted: Status.STOPPED,
} as const satisfies Record<ProcessStatus, Status>;

/** Task.State, from memory: no runtime is asked. While the process lives its exit time is Go's zero time. */
export async function state(task: TaskContext, request: StateRequest): Promise<StateResponse> {
  const container = await task.containers.get(request.id);
  const { snapshot } = await task.containers.process(request.id, request.execId);
  return {
    id: request.execId === '' ? request.id : request.execId,
    bundle: container.bundle,
    pid: snapshot.pid ?? 0,
    status: statusOnTheWire[snapshot.status],
    stdin: snapshot.stdin,
    stdout: snapshot.stdout,
    stderr: snapshot.stderr,
    terminal: snapshot.terminal,
    exitStatus: snapshot.exit?.status ?? 0,
    exitedAt: snapshot.exit === undefined ? goZeroTime : timestampFromDate(snapshot.exit.exitedAt),
    // Empty in every shim: containerd takes the process's id from `id`.
    execId: '',
  };
}

/** Task.Start */
export async function start(task: TaskContext, request: StartRequest): Promise<StartResponse> {
  const process = await task.containers.process(request.id, request.execId);
  return { pid: await process.start() };
}

/** Task.Kill */
export async function kill(task: TaskContext, request: KillRequest): Promise<Empty> {
  const process = await task.containers.process(request.id, request.execId);
  await process.kill(request.signal, { all: request.all });
  return {};
}

/** Task.Wait. A caller that stops waiting, or whose deadline passes, leaves nothing behind. */
export async function wait(task: TaskContext, request: WaitRequest, call: CallContext): Promise<WaitResponse> {
  const process = await task.containers.process(request.id, request.execId);
  const exit = await process.wait({ signal: call.signal });
  return { exitStatus: exit.status, exitedAt: timestampFromDate(exit.exitedAt) };
}

/** Task.Delete: with the init process the container goes. */
export async function remove(task: TaskContext, request: DeleteRequest): Promise<DeleteResponse> {
  const container = await task.containers.get(request.id);
  const process = await task.containers.process(request.id, request.execId);
  const { pid, status, exitedAt } = await process.delete();
  const answer = { pid: pid ?? 0, exitStatus: status, exitedAt: timestampFromDate(exitedAt) };
  if (request.execId === '') {
    task.containers.remove(request.id);
    task.deps.onRemoved?.(container, answer);
    if (task.containers.size === 0) task.deps.onEmpty?.();
  }
  return answer;
}
