import type { Container } from '@sandshim/proc';
import { type ContainerId, parseContainerId, SandshimError } from '@sandshim/runsc-client';
import type { CreateTaskRequest, CreateTaskResponse } from '../api/gen/containerd/task/v3/task.ts';
import type { CallContext } from '../rpc/handler.ts';
import { eventMessage } from './event-message.ts';
import type { TaskContext } from './task-context.ts';

const sigkill = 9;

/** Task.Create: one container more. A caller that has gone meanwhile leaves nothing behind. */
export async function create(
  task: TaskContext,
  request: CreateTaskRequest,
  call: CallContext,
): Promise<CreateTaskResponse> {
  const id = parseContainerId(request.id);
  if (request.bundle === '') throw new SandshimError('invalid_argument', 'no bundle');
  const container = await added(task, id, async () => {
    const made = await task.deps.createContainer(
      {
        id,
        bundle: request.bundle,
        rootfs: request.rootfs.map(({ target, ...mount }) => (target === '' ? mount : { ...mount, target })),
        stdin: request.stdin,
        stdout: request.stdout,
        stderr: request.stderr,
        terminal: request.terminal,
        ...(request.checkpoint === '' ? {} : { checkpoint: request.checkpoint }),
        options: request.options,
        signal: call.signal,
      },
      (event) => {
        const message = eventMessage(event, request);
        if (message !== undefined) task.deps.publish(message.topic, message.event);
      },
    );
    if (call.signal.aborted) await abandon(made, call.signal);
    return made;
  });
  task.deps.onCreated?.(id, request.bundle);
  return { pid: container.init.snapshot.pid ?? 0 };
}

/** A shim whose container could not be made may have none at all. */
async function added(task: TaskContext, id: ContainerId, make: () => Promise<Container>): Promise<Container> {
  try {
    return await task.containers.add(id, make);
  } catch (error) {
    if (task.containers.size === 0) task.deps.onEmpty?.();
    throw error;
  }
}

async function abandon(container: Container, signal: AbortSignal): Promise<never> {
  await container.init.kill(sigkill);
  await container.init.wait();
  await container.init.delete();
  throw signal.reason;
}
