import type { Fd } from './ids.ts';
import type { CallOptions, CheckpointOptions, CreateOptions, ExecOptions, RunOptions } from './runtime.ts';

/** runsc alone: start from a checkpoint of the root filesystem. Versions from 2025 on. */
export interface RunscCreateOptions extends CreateOptions {
  readonly fsRestoreImagePath?: string;
  readonly fsRestoreDirect?: boolean;
}

/** A descriptor of this process, and the number under which the process in the container has it. */
export interface PassedFd {
  readonly fd: Fd;
  readonly target: number;
}

/** runsc alone, versions from 2023 on. */
export interface PassFdOptions {
  readonly passFds?: readonly PassedFd[];
  /** The program to execute, opened. */
  readonly execFd?: Fd;
}

export interface RunscRunOptions extends RunOptions, RunscCreateOptions, PassFdOptions {}

export interface RunscExecOptions extends ExecOptions, PassFdOptions {}

/** runsc alone, versions from 2025 on. */
export interface RunscCheckpointOptions extends CheckpointOptions {
  /** Program that runs in the container around save and restore, with its arguments. */
  readonly saveRestoreExecArgv?: string;
  readonly saveRestoreExecTimeoutMs?: number;
  readonly cudaCheckpointPath?: string;
  readonly cudaCheckpointSequential?: boolean;
}

/** Checkpoint of the root filesystem alone. Versions from 2025 on. */
export interface FsCheckpointOptions extends CallOptions {
  readonly imagePath: string;
  readonly leaveRunning?: boolean;
  readonly direct?: boolean;
  /** The folder in the container that is saved; by default all of its writable layer. */
  readonly path?: string;
}

/** What {@link Runsc.wait} waits for instead of the container's own process. */
export interface RunscWaitOptions extends CallOptions {
  /** A process, by its pid in the container's pid namespace. */
  readonly pid?: number;
  /** A process, by its pid in the sandbox's root pid namespace. */
  readonly rootPid?: number;
}

/** What {@link Runsc.waitFor} waits for. */
export type RunscMilestone = 'checkpoint' | 'restore' | 'fscheckpoint' | 'fsrestore';

export interface SpecOptions extends CallOptions {
  /** Folder in which config.json is made. */
  readonly bundle: string;
}

export interface RunscSpecOptions extends SpecOptions {
  readonly cwd?: string;
  /** Path of a network namespace. */
  readonly netns?: string;
  /** The process's command line; `sh` by default. */
  readonly args?: readonly string[];
}

/** What `runsc debug` is asked for; each is independent of the others. */
export interface DebugOptions extends CallOptions {
  /** The stacks of all of the sandbox's own goroutines. */
  readonly stacks?: boolean;
  /** The processes, with their threads, as JSON. */
  readonly ps?: boolean;
  /** Files for profiles; taken over `durationMs` (CPU, trace) or `delayMs` (the others). They need the flag `profile`. */
  readonly profileBlock?: string;
  readonly profileCpu?: string;
  readonly profileHeap?: string;
  readonly profileMutex?: string;
  readonly trace?: string;
  readonly delayMs?: number;
  readonly durationMs?: number;
  /** Signal for the sandbox process itself. */
  readonly sandboxSignal?: number;
  /** System calls to be traced. */
  readonly strace?: 'all' | 'off' | readonly string[];
  readonly logLevel?: 'warning' | 'info' | 'debug';
  readonly logPackets?: boolean;
  /** `type:source:destination` of a filesystem to be mounted. Versions from 2024 on. */
  readonly mount?: string;
}

export interface PortForwardOptions extends CallOptions {
  /** Port in the sandbox. */
  readonly remotePort: number;
  /** Port of this host; by default the same. */
  readonly localPort?: number;
  /** Forwards one connection on this Unix socket instead of a port of this host. */
  readonly stream?: string;
}
