import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import type { Cgroup } from './cgroup-of.ts';
import { type CgroupWrite, resourceFiles } from './resource-files.ts';

/**
 * Applies OCI resources to a cgroup: what `update` does where the runtime has no such command. A value that the kernel
 * refuses leaves the ones before it in force.
 * @throws SandshimError `not_found` without the cgroup, `invalid_argument` for what is no resource or what the kernel refuses
 */
export async function writeResources(cgroup: Cgroup, resources: unknown): Promise<void> {
  for (const write of await ordered(cgroup, resourceFiles(resources, cgroup.version))) {
    const file = join(folderOf(cgroup, write), write.file);
    await writeFile(file, write.value, { flag: 'r+' }).catch((cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'ENOENT' ? 'not_found' : 'invalid_argument';
      throw new SandshimError(code, `cannot write ${write.value} to ${file}: ${cause.message}`, { cause });
    });
  }
}

/** Version 1 keeps memory below memory and swap together at all times: raising both begins with the greater one. */
async function ordered(cgroup: Cgroup, writes: readonly CgroupWrite[]): Promise<readonly CgroupWrite[]> {
  const limit = writes.find(({ file }) => file === 'memory.limit_in_bytes');
  const both = writes.find(({ file }) => file === 'memory.memsw.limit_in_bytes');
  if (limit === undefined || both === undefined) return writes;
  const now = await readFile(join(folderOf(cgroup, both), both.file), 'utf8').catch(() => '0');
  if (Number(limit.value) <= Number(now)) return writes;
  return [both, limit, ...writes.filter((write) => write !== limit && write !== both)];
}

function folderOf(cgroup: Cgroup, { controller, file }: CgroupWrite): string {
  const folder = cgroup.version === 2 ? cgroup.folder : cgroup.folders[controller];
  if (folder !== undefined) return folder;
  throw new SandshimError('failed_precondition', `${file} needs the ${controller} controller, which is not mounted`);
}

/** Whether any folder of the cgroup is there. */
export async function cgroupExists(cgroup: Cgroup): Promise<boolean> {
  const folders = cgroup.version === 2 ? [cgroup.folder] : Object.values(cgroup.folders);
  const found = await Promise.all(
    folders.map((folder) =>
      stat(folder).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
