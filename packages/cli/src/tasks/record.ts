import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import type { Host } from '../host/host.ts';
import type { TaskFolder } from '../state/task-folders.ts';

/** How a container ended. */
export interface RecordedExit {
  readonly status: number;
  readonly exitedAt: Date;
}

/** What sandshim wrote down of a container that it made without a daemon: what it needs to start it again, and its end. */
export interface ContainerRecord {
  readonly runtime: 'runsc' | 'runc';
  /** The shim's launcher. */
  readonly shim: string;
  readonly createdAt: Date;
  readonly terminal: boolean;
  /** Whether it has a stdin that can be written to. */
  readonly interactive: boolean;
  /** Remove it when it ends. */
  readonly autoRemove: boolean;
  /** End it after so long. */
  readonly timeoutMs?: number;
  /** The file that `sandshim logs` reads. */
  readonly log?: string;
  /** The runtime's options, as the Task service gets them: type and base64 bytes. */
  readonly options?: { readonly typeUrl: string; readonly value: string };
  readonly exit?: RecordedExit;
}

const fileName = 'container.json';

/** The record in a bundle; `undefined` for a container that sandshim did not make, and for an unreadable one. */
export async function readRecord(host: Host, task: Pick<TaskFolder, 'bundle'>): Promise<ContainerRecord | undefined> {
  const source = await host.readText(join(task.bundle, fileName));
  if (source === undefined) return undefined;
  try {
    return parseRecord(JSON.parse(source));
  } catch {
    // The container is still there and can be removed.
    return undefined;
  }
}

/** Writes the record; a reader never sees half of it. */
export async function writeRecord(host: Host, bundle: string, record: ContainerRecord): Promise<void> {
  await host.writeText(join(bundle, fileName), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
}

/** @throws SandshimError `invalid_argument` with the path of what is wrong. */
export function parseRecord(value: unknown): ContainerRecord {
  const table = fields(value, 'record');
  const runtime = table['runtime'];
  if (runtime !== 'runsc' && runtime !== 'runc') throw bad('runtime', runtime);
  const { timeoutMs, log } = table;
  return {
    runtime,
    shim: textOf(table['shim'], 'shim'),
    createdAt: dateOf(table['createdAt'], 'createdAt'),
    terminal: table['terminal'] === true,
    interactive: table['interactive'] === true,
    autoRemove: table['autoRemove'] === true,
    ...(typeof timeoutMs === 'number' ? { timeoutMs } : {}),
    ...(typeof log === 'string' ? { log } : {}),
    ...(table['options'] === undefined ? {} : { options: optionsOf(table['options']) }),
    ...(table['exit'] === undefined ? {} : { exit: exitOf(table['exit']) }),
  };
}

function optionsOf(value: unknown): { readonly typeUrl: string; readonly value: string } {
  const table = fields(value, 'options');
  return { typeUrl: textOf(table['typeUrl'], 'options.typeUrl'), value: textOf(table['value'], 'options.value') };
}

function exitOf(value: unknown): RecordedExit {
  const table = fields(value, 'exit');
  if (typeof table['status'] !== 'number') throw bad('exit.status', table['status']);
  return { status: table['status'], exitedAt: dateOf(table['exitedAt'], 'exit.exitedAt') };
}

function fields(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw bad(path, value);
  return Object.fromEntries(Object.entries(value));
}

function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw bad(path, value);
  return value;
}

function dateOf(value: unknown, path: string): Date {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(date.getTime())) throw bad(path, value);
  return date;
}

function bad(path: string, value: unknown): SandshimError {
  return new SandshimError('invalid_argument', `${fileName}: ${path} is ${JSON.stringify(value)}`);
}
