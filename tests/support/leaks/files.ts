import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeakScope } from './scope.ts';

/** Bundles and work folders of tasks that containerd still keeps. */
export async function bundlesOf({ folder }: LeakScope): Promise<readonly string[]> {
  const found: string[] = [];
  for (const base of ['state', 'root'].map((name) => join(folder, name, 'io.containerd.runtime.v2.task'))) {
    for (const namespace of await list(base)) {
      for (const id of await list(join(base, namespace))) found.push(join(base, namespace, id));
    }
  }
  return found;
}

/** What the runtimes still remember of containers. */
export async function runtimeStateOf({ runtimeRoots }: LeakScope): Promise<readonly string[]> {
  const found: string[] = [];
  for (const root of runtimeRoots) {
    for (const name of await list(root)) found.push(join(root, name));
  }
  return found;
}

/** The fifos, bundles and shim logs that a process holds open. */
export async function taskFilesOpenIn(pid: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const fd of await list(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    if (target.includes('/io.containerd.runtime.v2.task/') || target.includes('/fifo/')) found.push(target);
  }
  return found.sort();
}

async function list(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
