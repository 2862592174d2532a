import type { ConnectRequest, ConnectResponse, ShutdownRequest } from '../api/gen/containerd/task/v3/task.ts';
import type { Empty } from '../api/gen/google/protobuf/empty.ts';
import type { TaskContext } from './task-context.ts';

/** Task.Connect: never fails; of a container that this shim does not know the pid is 0. */
export function connect(task: TaskContext, request: ConnectRequest): ConnectResponse {
  return {
    shimPid: task.deps.shimPid ?? process.pid,
    taskPid: task.containers.find(request.id)?.init.snapshot.pid ?? 0,
    version: '',
  };
}

/** Task.Shutdown: nothing happens while the shim has containers. */
export function shutdown(task: TaskContext, _request: ShutdownRequest): Empty {
  if (task.containers.size === 0) task.deps.onShutdown();
  return {};
}
