import { TaskDefinition as TaskV2 } from '../api/gen/containerd/task/v2/task.ts';
import { TaskDefinition as TaskV3 } from '../api/gen/containerd/task/v3/task.ts';
import { type CallContext, implementService, type ServedService, type ServiceHandlers } from '../rpc/handler.ts';
import { checkpoint, pause, pids, resume, stats, update } from './container-rpcs.ts';
import { ContainerTable } from './container-table.ts';
import { create } from './create.ts';
import { withErrorSuffix } from './error-suffix.ts';
import { closeIo, exec, resizePty } from './exec-rpcs.ts';
import { kill, remove, start, state, wait } from './process-rpcs.ts';
import { connect, shutdown } from './shim-rpcs.ts';
import type { TaskContext, TaskDeps } from './task-context.ts';

/** The Task service of one shim, in both of its versions, whose messages are the same. */
export interface TaskService {
  readonly services: readonly ServedService[];
  readonly containers: ContainerTable;
}

/** Serves containerd's Task service over whatever makes containers. */
export function createTaskService(deps: TaskDeps): TaskService {
  const task: TaskContext = { deps, containers: new ContainerTable() };
  const on =
    <Request extends { readonly id: string }, Response>(
      rpc: string,
      handler: (task: TaskContext, request: Request, call: CallContext) => Response | Promise<Response>,
    ) =>
    async (request: Request, call: CallContext): Promise<Response> => {
      const from = performance.now();
      try {
        const response = await handler(task, request, call);
        deps.onAnswer?.({ rpc, request, ms: performance.now() - from });
        return response;
      } catch (failure) {
        const error = withErrorSuffix(failure);
        deps.onAnswer?.({ rpc, request, ms: performance.now() - from, error });
        throw error;
      }
    };
  const handlers = {
    state: on('State', state),
    create: on('Create', create),
    start: on('Start', start),
    delete: on('Delete', remove),
    pids: on('Pids', pids),
    pause: on('Pause', pause),
    resume: on('Resume', resume),
    checkpoint: on('Checkpoint', checkpoint),
    kill: on('Kill', kill),
    exec: on('Exec', exec),
    resizePty: on('ResizePty', resizePty),
    closeIO: on('CloseIO', closeIo),
    update: on('Update', update),
    wait: on('Wait', wait),
    stats: on('Stats', stats),
    connect: on('Connect', connect),
    shutdown: on('Shutdown', shutdown),
  } satisfies Required<ServiceHandlers<typeof TaskV3>>;
  return {
    services: [implementService(TaskV2, handlers), implementService(TaskV3, handlers)],
    containers: task.containers,
  };
}
