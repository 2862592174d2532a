import type { CallOptions, ContainerId, ExecId, OciProcess, Pid } from '@sandshim/runsc-client';
import type { ContainerMetrics } from './cgroup/metrics.ts';

/** How and when a process ended. `status` is 0 to 255: 128 + n when signal n ended it. */
export interface ProcessExit {
  readonly status: number;
  readonly exitedAt: Date;
}

export type ProcessStatus = 'created' | 'running' | 'pausing' | 'paused' | 'stopped' | 'deleted';

/** A process's state from memory: asking costs no runtime command. */
export interface ProcessSnapshot {
  readonly status: ProcessStatus;
  /** Absent before it was created (an exec that was only added). */
  readonly pid?: Pid;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  readonly exit?: ProcessExit;
}

/** One process of a container: its init, or an exec. Every call is queued per process and settles within a bound. */
export interface ContainerProcess {
  readonly snapshot: ProcessSnapshot;
  start(options?: CallOptions): Promise<Pid>;
  kill(signal: number, options?: CallOptions & { readonly all?: boolean }): Promise<void>;
  /** Drains io for a bounded time, removes the process, releases what it held. */
  delete(options?: CallOptions): Promise<ProcessExit & { readonly pid: Pid | undefined }>;
  /** Settles when the process has ended; at once if it already has. Aborting rejects with `canceled`. */
  wait(options?: { readonly signal?: AbortSignal }): Promise<ProcessExit>;
  resize(size: { readonly rows: number; readonly columns: number }): Promise<void>;
  closeStdin(): Promise<void>;
}

export interface ExecRequest {
  readonly process: OciProcess;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
}

/** What happens to a container, in the order that containerd's README demands. */
export type ContainerEvent =
  /** `pid` is absent for a container that its start will restore from a checkpoint: nothing runs before. */
  | { readonly type: 'create'; readonly container: ContainerId; readonly pid: Pid | undefined }
  | { readonly type: 'start'; readonly container: ContainerId; readonly pid: Pid }
  | { readonly type: 'exec-added'; readonly container: ContainerId; readonly exec: ExecId }
  | { readonly type: 'exec-started'; readonly container: ContainerId; readonly exec: ExecId; readonly pid: Pid }
  | {
      readonly type: 'exit';
      readonly container: ContainerId;
      readonly exec?: ExecId;
      readonly pid: Pid;
      readonly exit: ProcessExit;
    }
  | { readonly type: 'oom'; readonly container: ContainerId }
  | { readonly type: 'paused' | 'resumed'; readonly container: ContainerId }
  | { readonly type: 'checkpointed'; readonly container: ContainerId; readonly path: string }
  | {
      readonly type: 'delete';
      readonly container: ContainerId;
      readonly exec?: ExecId;
      readonly pid: Pid | undefined;
      readonly exit: ProcessExit;
    };

/** A pid of the container and, when it is an exec's own, which. */
export interface ContainerPid {
  readonly pid: number;
  readonly exec?: ExecId;
}

/** What a checkpoint is to contain and where it goes. The fields after `leaveRunning` are criu's: runc's alone. */
export interface CheckpointRequest {
  /** Folder for the image. */
  readonly path: string;
  /** False: the container ends once it is checkpointed. */
  readonly leaveRunning: boolean;
  readonly workPath?: string;
  readonly parentPath?: string;
  readonly tcpEstablished?: boolean;
  readonly externalUnixSockets?: boolean;
  readonly shellJob?: boolean;
  readonly fileLocks?: boolean;
  readonly emptyNamespaces?: readonly string[];
  readonly cgroupsMode?: 'soft' | 'full' | 'strict' | 'ignore';
}

/** A created container: its init process, its execs, and what acts on all of them. */
export interface Container {
  readonly id: ContainerId;
  readonly bundle: string;
  /** True unless the container lives in another container's sandbox (a pod's). */
  readonly sandboxRoot: boolean;
  readonly init: ContainerProcess;
  /** Ids of the execs that are not deleted. */
  readonly execIds: readonly ExecId[];
  /** Only records the exec; its own `start` makes the process. @throws `already_exists` */
  addExec(id: ExecId, request: ExecRequest): ContainerProcess;
  /** @throws `not_found` */
  exec(id: ExecId): ContainerProcess;
  /** At least the one of init, which of a stopped container is the one that it had. */
  pids(options?: CallOptions): Promise<readonly ContainerPid[]>;
  pause(options?: CallOptions): Promise<void>;
  resume(options?: CallOptions): Promise<void>;
  update(resources: unknown, options?: CallOptions): Promise<void>;
  checkpoint(request: CheckpointRequest, options?: CallOptions): Promise<void>;
  /** Of the host's cgroup version. @throws `not_found` "cgroup does not exist" */
  stats(options?: CallOptions): Promise<ContainerMetrics>;
}
