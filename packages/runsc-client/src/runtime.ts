import type { ContainerId, Fd, Pid } from './ids.ts';
import type { OciProcess } from './oci.ts';
import type { Top } from './parse/top.ts';
import type { RuntimeVersion } from './parse/version.ts';
import type { RuntimeEvent, RuntimeStats } from './stats.ts';
import type { RuntimeStdio } from './stdio.ts';

/** Options that every call takes. */
export interface CallOptions {
  /** Aborting kills the command; the call then fails with `canceled`. */
  readonly signal?: AbortSignal;
  /** Bound of the call in milliseconds; then the command is killed and the call fails with `deadline_exceeded`. */
  readonly timeoutMs?: number;
}

export interface CreateOptions extends CallOptions {
  /** Folder with config.json. */
  readonly bundle: string;
  /** The runtime writes the init process's host pid here (for runsc: the sandbox process's). */
  readonly pidFile?: string;
  /** Unix socket on which the runtime hands over the terminal's master; for `terminal: true`. */
  readonly consoleSocket?: string;
  readonly stdio?: RuntimeStdio;
  /** runc: use MS_MOVE instead of pivot_root. */
  readonly noPivot?: boolean;
  /** runc: keep the session keyring of the caller. */
  readonly noNewKeyring?: boolean;
  /** runc: further descriptors for the container's process, which has them as 3, 4, and so on. */
  readonly preserveFds?: readonly Fd[];
  /** runsc: file for the messages meant for the container's user. */
  readonly userLog?: string;
  readonly extraArgs?: readonly string[];
}

export interface StartOptions extends CallOptions {
  /** runsc hands a sub-container its stdio at start, not at create. */
  readonly stdio?: RuntimeStdio;
}

export interface ExecOptions extends CallOptions {
  readonly process: OciProcess;
  readonly stdio?: RuntimeStdio;
  readonly consoleSocket?: string;
  /** Return once the process runs; needs `pidFile` to learn its host pid. */
  readonly detach?: boolean;
  readonly pidFile?: string;
  /** runsc: file for the process's pid inside the sandbox. */
  readonly internalPidFile?: string;
  /** runc: further descriptors for the process, which has them as 3, 4, and so on. */
  readonly preserveFds?: readonly Fd[];
  readonly extraArgs?: readonly string[];
}

export interface DeleteOptions extends CallOptions {
  /** Kill what runs, and succeed when there is nothing to delete. */
  readonly force?: boolean;
}

export interface KillOptions extends CallOptions {
  /** Every process of the container. */
  readonly all?: boolean;
  /** runsc: one process, by its pid inside the sandbox. */
  readonly pid?: number;
}

export interface CheckpointOptions extends CallOptions {
  readonly imagePath: string;
  readonly leaveRunning?: boolean;
  readonly workPath?: string;
  readonly parentPath?: string;
  /** runc (criu): allow established TCP connections. */
  readonly tcpEstablished?: boolean;
  readonly externalUnixSockets?: boolean;
  readonly shellJob?: boolean;
  readonly fileLocks?: boolean;
  readonly lazyPages?: boolean;
  readonly preDump?: boolean;
  readonly pageServer?: string;
  readonly emptyNamespaces?: readonly string[];
  readonly cgroupsMode?: 'soft' | 'full' | 'strict' | 'ignore';
  /** runc (criu): descriptor that gets a 0 byte once lazy pages are served. */
  readonly statusFd?: Fd;
  /** runsc, newer than 2023. */
  readonly compression?: 'none' | 'flate-best-speed';
  readonly direct?: boolean;
  readonly excludeCommittedZeroPages?: boolean;
  readonly extraArgs?: readonly string[];
}

export interface RestoreOptions extends CreateOptions {
  readonly imagePath: string;
  readonly workPath?: string;
  readonly detach?: boolean;
  readonly noSubreaper?: boolean;
  readonly tcpEstablished?: boolean;
  readonly externalUnixSockets?: boolean;
  readonly shellJob?: boolean;
  readonly fileLocks?: boolean;
  readonly lazyPages?: boolean;
  readonly emptyNamespaces?: readonly string[];
  readonly cgroupsMode?: 'soft' | 'full' | 'strict' | 'ignore';
  readonly direct?: boolean;
  readonly background?: boolean;
}

export interface EventsOptions extends CallOptions {
  /** Time between two statistics; runsc rounds it to whole seconds. Default 5 s. */
  readonly intervalMs?: number;
}

export interface RunOptions extends CreateOptions {
  readonly detach?: boolean;
}

export type ContainerStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped';

/** `runsc state` and `runc state`: the OCI state, and what runc adds. */
export interface ContainerState {
  readonly ociVersion: string;
  readonly id: ContainerId;
  readonly status: ContainerStatus;
  /** Host pid; absent when nothing runs. For runsc the sandbox process. */
  readonly pid?: Pid;
  readonly bundle: string;
  readonly rootfs?: string;
  readonly created?: Date;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One entry of `list`. Its id is as the runtime tells it: another client may have chosen one outside of our alphabet. */
export interface ListedContainer extends Omit<ContainerState, 'id' | 'ociVersion'> {
  readonly id: string;
  /** The user that created it; runc only. */
  readonly owner?: string;
}

/** Exit status of a container process: 0 to 255, 128 + n when a signal n ended it. */
export interface WaitResult {
  readonly exitStatus: number;
}

/** How a process ended, and, unless it was given descriptors of its own, what it wrote. */
export interface ProcessResult extends WaitResult {
  /** The first bytes, as many as the client keeps (`maxCaptureBytes`). */
  readonly stdout: string;
  /** The last 64 KiB. */
  readonly stderr: string;
}

/** The process of {@link Runtime.startExec}; its stdio are the caller's descriptors. */
export interface StartExecOptions extends CallOptions {
  readonly process: OciProcess;
  readonly stdio: RuntimeStdio;
}

/** A process in a sandbox that no process on the host stands for. Disposing it ends the wait for it, not the process. */
export interface RunningExec extends Disposable {
  /** Its pid inside the sandbox, as `ps` lists it and `kill` takes it. */
  readonly internalPid: number;
  /** The sandbox's host pid: to be shown where a host pid is asked for. A signal to it would end every container in it. */
  readonly sandboxPid: Pid;
  /**
   * Settles when the process has ended, however soon that was. Rejects with `unavailable` if its sandbox ended without
   * telling, with `canceled` once disposed.
   */
  readonly exit: Promise<WaitResult>;
}

/**
 * What `proc` needs from an OCI runtime. Every method starts one command of the runtime and settles once; failures are
 * `RuntimeCommandError`s, or `SandshimError`s where no command was run. Implemented by `Runsc` and `Runc`; the compliance
 * suite in `./testing` says what an implementation must do.
 */
export interface Runtime {
  readonly name: 'runsc' | 'runc';
  create(id: ContainerId, options: CreateOptions): Promise<void>;
  start(id: ContainerId, options?: StartOptions): Promise<void>;
  /**
   * Attached: settles when the container ended, with its status. Detached: settles with 0 when it runs. An abort kills
   * the command, not the container.
   */
  run(id: ContainerId, options: RunOptions): Promise<ProcessResult>;
  /**
   * Attached: settles when the process ended, with its status. Detached: settles with 0 when it runs. An abort kills
   * the command, not the process in the container.
   */
  exec(id: ContainerId, options: ExecOptions): Promise<ProcessResult>;
  state(id: ContainerId, options?: CallOptions): Promise<ContainerState>;
  /** Every container below the client's root. */
  list(options?: CallOptions): Promise<readonly ListedContainer[]>;
  kill(id: ContainerId, signal: number, options?: KillOptions): Promise<void>;
  delete(id: ContainerId, options?: DeleteOptions): Promise<void>;
  pause(id: ContainerId, options?: CallOptions): Promise<void>;
  resume(id: ContainerId, options?: CallOptions): Promise<void>;
  /** Pids of the container's processes: host pids for runc, pids inside the sandbox for runsc. */
  ps(id: ContainerId, options?: CallOptions): Promise<readonly number[]>;
  /** The container's processes as a table. */
  top(id: ContainerId, options?: CallOptions): Promise<Top>;
  stats(id: ContainerId, options?: CallOptions): Promise<RuntimeStats>;
  /**
   * Statistics at an interval, and what happens in between (runc: out of memory). Ends when the signal aborts. A slow
   * reader loses the oldest events.
   */
  events(id: ContainerId, options?: EventsOptions): AsyncIterable<RuntimeEvent>;
  version(options?: CallOptions): Promise<RuntimeVersion>;
  update(id: ContainerId, resources: unknown, options?: CallOptions): Promise<void>;
  checkpoint(id: ContainerId, options: CheckpointOptions): Promise<void>;
  restore(id: ContainerId, options: RestoreOptions): Promise<ProcessResult>;
  /** runsc only: waits for the container or one of its processes; runc answers `unimplemented`. */
  wait(id: ContainerId, options?: CallOptions & { readonly pid?: number }): Promise<WaitResult>;
  /**
   * Starts a process in a running container without a command of the runtime; it settles when the process runs.
   * `undefined`: nothing was started, and `exec` has to be used (it always is, where this method is missing).
   */
  startExec?(id: ContainerId, options: StartExecOptions): Promise<RunningExec | undefined>;
}
