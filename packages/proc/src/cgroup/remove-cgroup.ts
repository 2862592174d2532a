import { existsSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Pid } from '@sandshim/runsc-client';
import { parsePid } from '@sandshim/runsc-client';
import { pause } from '../lib/bounded.ts';
import { readMountInfo } from '../rootfs/mountinfo.ts';

export interface RemoveCgroupOptions {
  /** The container's; a path that does not name it in its last part is somebody else's too, and left alone. */
  readonly id: string;
  readonly kill: (pid: Pid, signal: number) => boolean;
}

// A killed process leaves its cgroup a moment later.
const tries = 50;
const pauseMs = 20;

/** Kills what still runs in the cgroup `path` of every hierarchy, and removes it; for 1 s at most. Nothing there is success. */
export async function removeCgroup(path: string, { id, kill }: RemoveCgroupOptions): Promise<void> {
  if (path.includes(':') || !basename(path).includes(id)) return;
  const hierarchies = (await readMountInfo()).filter(({ type }) => type === 'cgroup' || type === 'cgroup2');
  const folders = [...new Set(hierarchies.map(({ mountPoint }) => join(mountPoint, path)))];
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const left = folders.filter((folder) => existsSync(folder));
    if (left.length === 0) return;
    for (const folder of left) await empty(folder, kill);
    if (left.every((folder) => !existsSync(folder))) return;
    await pause(pauseMs);
  }
}

async function empty(folder: string, kill: RemoveCgroupOptions['kill']): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await empty(join(folder, entry.name), kill);
  const pids = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  for (const pid of pids.split('\n').map(Number)) if (pid > 0) kill(parsePid(pid), 9);
  // Busy until what was killed is gone.
  await rmdir(folder).catch(() => undefined);
}
