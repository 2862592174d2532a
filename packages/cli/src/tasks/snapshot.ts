import { SandshimError } from '@sandshim/runsc-client';
import { dateFromTimestamp, type StateResponse, Status } from '@sandshim/shim-server/api';
import type { Cli } from '../program/cli.ts';
import type { Origin, TaskFolder } from '../state/task-folders.ts';
import { type BundleFacts, readBundleFacts } from './bundle.ts';
import { readRecord } from './record.ts';
import { connectTask } from './task-client.ts';

/** `dead`: its shim is gone. `exited`: it ended, and its shim has been released; only sandshim's own have that. */
export type TaskStatus = 'created' | 'running' | 'pausing' | 'paused' | 'stopped' | 'exited' | 'dead' | 'unknown';

/** A task as `ps` and `inspect` show it. Field names are those of `--format`. */
export interface TaskSnapshot {
  readonly namespace: string;
  readonly id: string;
  readonly status: TaskStatus;
  readonly pid: number | undefined;
  readonly exitStatus: number | undefined;
  readonly exitedAt: Date | undefined;
  readonly createdAt: Date | undefined;
  readonly runtime: string;
  readonly command: readonly string[];
  readonly origin: Origin;
  readonly bundle: string;
  /** Why it is `dead` or `unknown`. */
  readonly note: string | undefined;
  readonly stdio: {
    readonly stdin: string;
    readonly stdout: string;
    readonly stderr: string;
    readonly terminal: boolean;
  };
}

const statusNames: Readonly<Record<number, TaskStatus>> = {
  [Status.CREATED]: 'created',
  [Status.RUNNING]: 'running',
  [Status.STOPPED]: 'stopped',
  [Status.PAUSED]: 'paused',
  [Status.PAUSING]: 'pausing',
};

const noStdio = { stdin: '', stdout: '', stderr: '', terminal: false };

/** Asks the task's shim, within a bound; a shim that does not answer is part of the answer. Never throws for that. */
export async function snapshotTask(cli: Cli, task: TaskFolder): Promise<TaskSnapshot> {
  const [facts, record] = await Promise.all([readBundleFacts(cli.host, task), readRecord(cli.host, task)]);
  const base = { ...task, facts, runtime: record?.runtime ?? facts.runtime };
  if (record?.exit !== undefined) {
    const { status, exitedAt } = record.exit;
    return snapshot(base, { status: 'exited', exitStatus: status, exitedAt });
  }
  try {
    await using client = await connectTask(task);
    return fromState(base, await client.rpc.state({ id: task.id, execId: '' }, { timeoutMs: 5000 }));
  } catch (error) {
    return snapshot(base, explain(error, await runsStill(cli, facts)));
  }
}

type Base = Omit<TaskFolder, 'address'> & { readonly facts: BundleFacts; readonly runtime: string };

function fromState(base: Base, state: StateResponse): TaskSnapshot {
  const { stdin, stdout, stderr, terminal } = state;
  const stopped = state.status === Status.STOPPED;
  return snapshot(base, {
    status: statusNames[state.status] ?? 'unknown',
    pid: state.pid === 0 ? undefined : state.pid,
    stdio: { stdin, stdout, stderr, terminal },
    ...(stopped ? { exitStatus: state.exitStatus, exitedAt: dateFromTimestamp(state.exitedAt) } : {}),
  });
}

function snapshot(base: Base, known: Pick<TaskSnapshot, 'status'> & Partial<TaskSnapshot>): TaskSnapshot {
  return {
    namespace: base.namespace,
    id: base.id,
    pid: undefined,
    exitStatus: undefined,
    exitedAt: undefined,
    createdAt: base.facts.createdAt,
    runtime: base.runtime,
    command: base.facts.command,
    origin: base.origin,
    bundle: base.bundle,
    note: undefined,
    stdio: noStdio,
    ...known,
  };
}

function explain(error: unknown, pid: number | undefined): Pick<TaskSnapshot, 'status' | 'note' | 'pid'> {
  const code = SandshimError.is(error) ? error.code : 'unknown';
  const message = error instanceof Error ? error.message : String(error);
  if (code !== 'unavailable') return { status: 'unknown', note: message, pid };
  return {
    status: 'dead',
    note: pid === undefined ? 'its shim is gone' : `its shim is gone, process ${pid} runs on`,
    pid,
  };
}

async function runsStill(cli: Cli, { initPid }: BundleFacts): Promise<number | undefined> {
  if (initPid === undefined) return undefined;
  const stat = await cli.host.readText(`/proc/${initPid}/stat`);
  return stat === undefined || /\) [ZX] /.test(stat) ? undefined : initPid;
}
