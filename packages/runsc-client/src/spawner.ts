import type { Fd, Pid } from './ids.ts';
import type { RuntimeStdio } from './stdio.ts';

/** One runtime command to be started. */
export interface SpawnRequest {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the command; without it this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Bytes for the command's stdin; excludes `stdio`. */
  readonly input?: string;
  /** Descriptors handed to the command as 0, 1, 2; without it stdout and stderr are captured. */
  readonly stdio?: RuntimeStdio;
  /** Descriptors handed to the command as 3, 4, and so on. They stay the caller's. */
  readonly extraFds?: readonly Fd[];
  /**
   * Captured bytes kept per stream: the first ones of stdout, the last ones of stderr. All the rest is read and dropped,
   * so that the command never blocks.
   */
  readonly maxCaptureBytes: number;
  /** Called with each piece of stdout as it comes, instead of capturing it. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /** Aborting kills the command and every process of its group with SIGKILL. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** How a command ended. Exactly one of `exitCode` and `signal` is set, unless it could not be started (`spawnError`). */
export interface SpawnResult {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly spawnError?: NodeJS.ErrnoException;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly stdout: string;
  /** More than `maxCaptureBytes` came: `stdout` is only the beginning. */
  readonly stdoutTruncated: boolean;
  readonly stderr: string;
}

/** A started command. `pid` is known before it can have been reaped; it is absent if the command could not be started. */
export interface SpawnedCommand {
  readonly pid?: Pid;
  /** Never rejects. Settles once the command has been reaped: from then on its pid may be another process's. */
  readonly exited: Promise<void>;
  /** Never rejects. Settles after `exited`, when the captured output has ended too, or a bounded time later. */
  readonly result: Promise<SpawnResult>;
}

/** Starts a process: a command of a client is started by nothing else. The pid is known in the very tick that made the process. */
export type Spawner = (request: SpawnRequest) => SpawnedCommand;
