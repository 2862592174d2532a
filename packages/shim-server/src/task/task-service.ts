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
    <Request, Response>(
      handler: (task: TaskContext, request: Request, call: CallContext) => Response | Promise<Response>,
    ) =>
    async (request: Request, call: CallContext): Promise<Response> => {
      try {
        return await handler(task, request, call);
      } catch (error) {
        throw withErrorSuffix(error);
      }
    };
  const handlers = {
    state: on(state),
    create: on(create),
    start: on(start),
    delete: on(remove),
    pids: on(pids),
    pause: on(pause),
    resume: on(resume),
    checkpoint: on(checkpoint),
    kill: on(kill),
    exec: on(exec),
    resizePty: on(resizePty),
    closeIO: on(closeIo),
    update: on(update),
    wait: on(wait),
    stats: on(stats),
    connect: on(connect),
    shutdown: on(shutdown),
  } satisfies Required<ServiceHandlers<typeof TaskV3>>;
  return {
    services: [implementService(TaskV2, handlers), implementService(TaskV3, handlers)],
    containers: task.containers,
  };
}
