import type { Container, ContainerEvent, CreateContainerOptions } from '@sandshim/proc';
import type { ContainerId, SandshimError } from '@sandshim/runsc-client';
import type { DeleteResponse } from '../api/gen/containerd/task/v3/task.ts';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import type { ContainerTable } from './container-table.ts';

/** A container's making, as its request asked for it, with the options that came along. */
export interface ContainerRequest extends Omit<CreateContainerOptions, 'namespace'> {
  readonly options: Any | undefined;
}

/** What a shim's Task service stands on. */
export interface TaskDeps {
  /** Makes a container of whichever runtime the request's options name. `onEvent` is called in order, synchronously. */
  readonly createContainer: (request: ContainerRequest, onEvent: (event: ContainerEvent) => void) => Promise<Container>;
  /** Sends an event; in the order of the calls. Never blocks and never throws. */
  readonly publish: (topic: string, event: Any) => void;
  /** containerd asked the shim to leave, and no container is left. */
  readonly onShutdown: () => void;
  /** The last container is gone. */
  readonly onEmpty?: (() => void) | undefined;
  readonly onCreated?: ((id: ContainerId, bundle: string) => void) | undefined;
  /** A container is gone, with all that belonged to it; its Delete is answered next. */
  readonly onRemoved?: ((container: Container, answer: DeleteResponse) => void) | undefined;
  /** A call has been answered, for the log. */
  readonly onAnswer?: ((answer: AnsweredCall) => void) | undefined;
  readonly shimPid?: number;
}

/** One call of the Task service that has been answered. */
export interface AnsweredCall {
  readonly rpc: string;
  readonly request: { readonly id: string; readonly execId?: string };
  readonly ms: number;
  /** Absent: it went well. */
  readonly error?: SandshimError;
}

/** What each handler gets besides its request. */
export interface TaskContext {
  readonly deps: TaskDeps;
  readonly containers: ContainerTable;
}
