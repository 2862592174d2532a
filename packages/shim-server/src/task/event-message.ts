import type { ContainerEvent } from '@sandshim/proc';
import { packAny } from '../api/any.ts';
import {
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
} from '../api/gen/containerd/events/task.ts';
import type { CreateTaskRequest } from '../api/gen/containerd/task/v3/task.ts';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import { timestampFromDate } from '../api/timestamp.ts';

/** An event as containerd takes it. */
export interface TopicEvent {
  readonly topic: string;
  readonly event: Any;
}

/**
 * What containerd hears of an event; `undefined` for the deletion of an exec, of which its own shims say nothing. `created`
 * is what the container was asked for with.
 */
export function eventMessage(event: ContainerEvent, created: CreateTaskRequest): TopicEvent | undefined {
  const containerId = event.container;
  switch (event.type) {
    case 'create':
      return { topic: '/tasks/create', event: packAny(TaskCreate, createMessage(event.pid ?? 0, created)) };
    case 'start':
      return { topic: '/tasks/start', event: packAny(TaskStart, { containerId, pid: event.pid }) };
    case 'exec-added':
      return { topic: '/tasks/exec-added', event: packAny(TaskExecAdded, { containerId, execId: event.exec }) };
    case 'exec-started':
      return {
        topic: '/tasks/exec-started',
        event: packAny(TaskExecStarted, { containerId, execId: event.exec, pid: event.pid }),
      };
    case 'exit':
      return { topic: '/tasks/exit', event: packAny(TaskExit, exitMessage(event)) };
    case 'oom':
      return { topic: '/tasks/oom', event: packAny(TaskOOM, { containerId }) };
    case 'paused':
      return { topic: '/tasks/paused', event: packAny(TaskPaused, { containerId }) };
    case 'resumed':
      return { topic: '/tasks/resumed', event: packAny(TaskResumed, { containerId }) };
    case 'checkpointed':
      return {
        topic: '/tasks/checkpointed',
        event: packAny(TaskCheckpointed, { containerId, checkpoint: event.path }),
      };
    case 'delete':
      if (event.exec !== undefined) return undefined;
      return { topic: '/tasks/delete', event: packAny(TaskDelete, deleteMessage(event)) };
  }
}

function createMessage(pid: number, request: CreateTaskRequest): TaskCreate {
  const { stdin, stdout, stderr, terminal } = request;
  return {
    containerId: request.id,
    bundle: request.bundle,
    rootfs: request.rootfs,
    io: { stdin, stdout, stderr, terminal },
    checkpoint: request.checkpoint,
    pid,
  };
}

function exitMessage(event: Extract<ContainerEvent, { type: 'exit' }>): TaskExit {
  return {
    containerId: event.container,
    id: event.exec ?? event.container,
    pid: event.pid,
    exitStatus: event.exit.status,
    exitedAt: timestampFromDate(event.exit.exitedAt),
  };
}

function deleteMessage(event: Extract<ContainerEvent, { type: 'delete' }>): TaskDelete {
  return {
    containerId: event.container,
    pid: event.pid ?? 0,
    exitStatus: event.exit.status,
    exitedAt: timestampFromDate(event.exit.exitedAt),
    id: '',
  };
}
