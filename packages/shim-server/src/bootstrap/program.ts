import type { Sys } from '@sandshim/io/sys';
import type { Container, ContainerEvent, Reaper } from '@sandshim/proc';
import type { ContainerId } from '@sandshim/runsc-client';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import type { Logger } from '../log/logger.ts';
import type { SandshimConfig } from '../options/sandshim-config.ts';
import type { ContainerRequest } from '../task/task-context.ts';

/** What a running shim has to offer to whatever makes its containers. */
export interface ShimHost {
  readonly namespace: string;
  readonly config: SandshimConfig;
  readonly logger: Logger;
  readonly sys: Sys;
  /** Spawn every child through its `wrap`: it reaps what nobody else does. */
  readonly reaper: Reaper;
  /** Repeats the log in a file while the container `id` is there; the id stands for `%ID%` in the path. */
  readonly mirrorLog: (path: string, id: string) => void;
}

/** What is left of a container whose shim is gone. */
export interface Remains {
  readonly id: ContainerId;
  readonly namespace: string;
  readonly bundle: string;
}

/** How a shim makes and removes containers. */
export interface ShimEngine {
  createContainer(
    host: ShimHost,
    request: ContainerRequest,
    onEvent: (event: ContainerEvent) => void,
  ): Promise<Container>;
  /** Removes what is left; also when nothing is. What goes wrong is logged: containerd has nobody else to ask. */
  cleanUp(remains: Remains, logger: Logger): Promise<void>;
  /** The runtime's OCI features document, if it has one. */
  features?(options: Any | undefined): Promise<unknown>;
}

/** A shim for {@link runShim}. */
export interface ShimProgram {
  /** The runtime's name for containerd, such as `io.containerd.runsc.v1`. */
  readonly name: string;
  readonly version: string;
  readonly revision?: string;
  /** Called once the socket listens, so that its modules cost the start nothing. */
  loadEngine(): Promise<ShimEngine>;
  /** What the options that came with a start ask of the shim itself. */
  startOptions?(options: readonly Any[], bundle: string): Promise<StartOptions>;
}

/** What runtime options say about the shim process itself. */
export interface StartOptions {
  /** The cgroup to move to; empty: none. */
  readonly shimCgroup: string;
  /** Absent: as sandshim's configuration says. */
  readonly grouping?: boolean;
}
