import type { Pid } from './ids.ts';
import type { RuntimeStdio } from './stdio.ts';

/** One runtime command to be started. */
export interface SpawnRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Bytes for the command's stdin; excludes `stdio`. */
  readonly input?: string;
  /** Descriptors handed to the command as 0, 1, 2; without it stdout and stderr are captured. */
  readonly stdio?: RuntimeStdio;
  /** Captured bytes kept per stream; what comes after is read and dropped, so that the command never blocks. */
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
  readonly stderr: string;
}

/** A started command. `pid` is known before it can have been reaped; it is absent if the command could not be started. */
export interface SpawnedCommand {
  readonly pid?: Pid;
  /** Never rejects. */
  readonly result: Promise<SpawnResult>;
}

/**
 * Starts a process. The one place of the client that does: whoever must know each child (a reaper, that has to leave
 * libuv's own children alone) wraps it.
 */
export type Spawner = (request: SpawnRequest) => SpawnedCommand;
