import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { dateFromTimestamp } from '@sandshim/shim-server/api';
import { olderLog } from '../logs/log-file.ts';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { type ContainerRecord, type RecordedExit, writeRecord } from '../tasks/record.ts';
import type { TaskClient } from '../tasks/task-client.ts';

/**
 * Deletes an ended task and lets its shim go. What was not there any more is fine.
 * @returns how the container ended, if the shim still knew.
 */
export async function releaseTask(client: TaskClient): Promise<RecordedExit | undefined> {
  const { id } = client.task;
  const exit = await ignoreGone(client.rpc.delete({ id, execId: '' }));
  await ignoreGone(client.rpc.shutdown({ id, now: false }));
  if (exit === undefined) return undefined;
  return { status: exit.exitStatus, exitedAt: dateFromTimestamp(exit.exitedAt) ?? new Date() };
}

/** Writes down how a container ended: it has no shim any more that could be asked. */
export async function recordExit(
  cli: Cli,
  ended: { readonly task: TaskFolder; readonly record: ContainerRecord; readonly exit: RecordedExit },
): Promise<void> {
  const { task, record, exit } = ended;
  await writeRecord(cli.host, task.bundle, { ...record, exit });
  for (const name of ['address', 'bootstrap.json', 'io'])
    await rm(join(task.bundle, name), { recursive: true, force: true });
}

/** Removes a container's bundle and log, with what may still be mounted below it. */
export async function removeFiles(
  cli: Cli,
  { task, log }: { readonly task: TaskFolder; readonly log: string | undefined },
): Promise<void> {
  await unmountBelow(cli, task.bundle);
  await rm(task.bundle, { recursive: true, force: true });
  if (log === undefined) return;
  for (const path of [log, olderLog(log)]) await rm(path, { force: true });
}

// Removing a folder with something mounted in it would remove what is mounted.
async function unmountBelow(cli: Cli, folder: string): Promise<void> {
  const mounts = (await cli.host.readText('/proc/self/mountinfo')) ?? '';
  const targets = mounts.split('\n').map((line) => line.split(' ')[4] ?? '');
  const below = targets.filter((target) => target.startsWith(`${folder}/`)).toReversed();
  if (below.length === 0) return;
  const { openSys } = await import('@sandshim/io/sys');
  const sys = await openSys();
  for (const target of below) await sys.unmount(target, { lazy: true });
}

async function ignoreGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (SandshimError.is(error) && (error.code === 'not_found' || error.code === 'unavailable')) return undefined;
    throw error;
  }
}
