import { SandshimError } from '../errors.ts';
import {
  counterOrZero,
  expectArray,
  expectCount,
  expectRecord,
  expectString,
  type JsonRecord,
  optional,
} from '../parse/expect.ts';
import type { WaitResult } from '../runtime.ts';
import { unanswered } from './control-error.ts';
import { exitStatusOf } from './wait-status.ts';

/** One process of a sandbox, as it sees it: the pids are those inside. */
export interface SandboxProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly uid: number;
  readonly threads: readonly number[];
  readonly command: string;
}

/** What a sandbox knows of a container's use of resources; CPU times in nanoseconds. */
export interface SandboxUsage {
  /** In the shape of `runsc events --stats`, without what the command line adds. */
  readonly stats: JsonRecord;
  /** CPU time of each container of the sandbox; absent where `stats` holds it. */
  readonly cpuByContainer?: Readonly<Record<string, number>>;
}

/** Reads an answer's result. @throws ControlError `data_loss`, outcome `unknown`, for what it cannot be */
export function readAnswer<T>(method: string, result: unknown, read: (result: unknown) => T): T {
  try {
    return read(result);
  } catch (cause) {
    throw unanswered(method, new SandshimError('data_loss', SandshimError.from(cause).message, { cause }));
  }
}

export function readProcesses(result: unknown): readonly SandboxProcess[] {
  const list = optional(result, 'result', expectArray) ?? [];
  return list.map((entry, index) => {
    const path = `result[${index}]`;
    const record = expectRecord(entry, path);
    const threads = optional(record['threads'], `${path}.threads`, expectArray) ?? [];
    return {
      pid: expectCount(record['pid'], `${path}.pid`),
      parentPid: expectCount(record['ppid'], `${path}.ppid`),
      uid: expectCount(record['uid'], `${path}.uid`),
      threads: threads.map((thread, at) => expectCount(thread, `${path}.threads[${at}]`)),
      command: expectString(record['cmd'], `${path}.cmd`),
    };
  });
}

export function readExit(result: unknown): WaitResult {
  return { exitStatus: exitStatusOf(result) };
}

export function readPid(result: unknown): number {
  const pid = expectCount(result, 'result');
  if (!Number.isInteger(pid) || pid === 0) throw new SandshimError('data_loss', `not a process id: ${pid}`);
  return pid;
}

export function readUsage(result: unknown): SandboxUsage {
  const record = expectRecord(result, 'result');
  const event = expectRecord(record['event'], 'result.event');
  const stats = expectRecord(event['data'], 'result.event.data');
  const usage = optional(record['containerUsage'], 'result.containerUsage', expectRecord);
  if (usage === undefined) return { stats };
  const entries = Object.entries(usage).map(([id, time]) => [
    id,
    Number(counterOrZero(time, `result.containerUsage.${id}`)),
  ]);
  return { stats, cpuByContainer: Object.fromEntries(entries) };
}

/** How a sandbox sees one of its containers; only runsc of 2023 and later tells. */
export function readRuntimeState(result: unknown): 'unknown' | 'creating' | 'running' | 'stopped' {
  const state = (['unknown', 'creating', 'running', 'stopped'] as const)[expectCount(result, 'result')];
  if (state === undefined) throw new SandshimError('data_loss', `not a container state: ${String(result)}`);
  return state;
}
