import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const HIERARCHIES = '/sys/fs/cgroup';

/** The cgroups of containers under a parent, in every hierarchy (cgroup v1, v2 and both). */
export async function cgroupsUnder(parent: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, parent);
    for (const name of await folders(folder)) found.push(join(folder, name));
  }
  return found;
}

/** Removes a parent and what is under it, as far as no process is left in it. */
export async function removeCgroups(parent: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeTree(join(hierarchy, parent));
}

async function removeTree(folder: string): Promise<void> {
  for (const name of await folders(folder)) await removeTree(join(folder, name));
  // Not there, or a process still in it: the leak count tells.
  await rmdir(folder).catch(() => undefined);
}

async function hierarchies(): Promise<readonly string[]> {
  const inside = (await folders(HIERARCHIES)).map((name) => join(HIERARCHIES, name));
  return [HIERARCHIES, ...inside];
}

async function folders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
