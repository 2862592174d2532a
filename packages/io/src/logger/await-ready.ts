import { readFile } from 'node:fs/promises';
import { type Fd, type Pid, SandshimError, type SpawnedCommand } from '@sandshim/runsc-client';
import type { LoggerCommand } from '../endpoint.ts';
import type { Sys } from '../sys/index.ts';
import { untilReadable } from '../until-ready.ts';

const startTimeoutMs = 10_000;
/** PF_EXITING: a process closes its descriptors after this is set and before it can be waited for. */
const exitingFlag = 0x4;

/** What is waited for, and for how long. */
export interface ReadyOptions {
  readonly command: LoggerCommand;
  readonly sys: Sys;
  /** The reading end of the pipe that is the program's descriptor 5. */
  readonly ready: Fd;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a logging program says that it is ready: by a byte, or where that is not strict by closing its descriptor.
 * @throws SandshimError as {@link Logger.start} says
 */
export async function awaitReady(spawned: SpawnedCommand, options: ReadyOptions): Promise<void> {
  const { command, sys, ready } = options;
  const timeout = AbortSignal.timeout(startTimeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    await untilReadable(ready, { sys, signal });
  } catch (error) {
    if (!timeout.aborted || options.signal?.aborted) throw error;
    throw new SandshimError(
      'deadline_exceeded',
      `logging program ${command.path} was not ready in ${startTimeoutMs} ms`,
    );
  }
  const bytes = sys.read(ready, new Uint8Array(1));
  if (bytes !== undefined && bytes > 0) return;
  // Closed without a word: by a program that runs on, or by its end?
  if (await isRunning(spawned)) {
    if (!command.strictReadiness) return;
    throw new SandshimError('failed_precondition', `logging program ${command.path} closed its descriptor 5 unready`);
  }
  const ended = await spawned.result;
  // One that puts itself into the background ends well and goes on.
  if (!command.strictReadiness && ended.exitCode === 0) return;
  if (ended.spawnError !== undefined) {
    const message = `cannot start logging program ${command.path}: ${ended.spawnError.message}`;
    throw new SandshimError('not_found', message, { cause: ended.spawnError });
  }
  const how = ended.signal === undefined ? `with status ${ended.exitCode}` : `by ${ended.signal}`;
  const stderr = ended.stderr.trim();
  const message = `logging program ${command.path} ended ${how} before it was ready${stderr === '' ? '' : `: ${stderr}`}`;
  throw new SandshimError('failed_precondition', message);
}

async function isRunning({ pid }: SpawnedCommand): Promise<boolean> {
  return pid !== undefined && !(await isExiting(pid));
}

async function isExiting(pid: Pid): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return true;
  // The name in parentheses may hold anything; after it come the state, and as the seventh the flags.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' || (Number(fields[6]) & exitingFlag) !== 0;
}
