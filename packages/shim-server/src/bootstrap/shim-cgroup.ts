import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';

/**
 * Moves this process to the cgroup that the `shim_cgroup` option names: in every version-1 hierarchy, or in the unified one.
 * Made where it does not exist.
 * @throws SandshimError `invalid_argument` for a path with "..", `unavailable` if the kernel refuses.
 */
export function joinShimCgroup(cgroup: string, root = '/sys/fs/cgroup'): void {
  const relative = normalize(`/${cgroup}`);
  if (cgroup.split('/').includes('..')) {
    throw new SandshimError('invalid_argument', `shim_cgroup ${JSON.stringify(cgroup)} leaves the cgroup root`);
  }
  try {
    for (const hierarchy of hierarchies(root)) {
      const folder = join(hierarchy, relative);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'cgroup.procs'), String(process.pid));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandshimError('unavailable', `cannot enter the shim_cgroup ${cgroup}: ${reason}`, { cause: error });
  }
}

// cpuset refuses members until it is configured, so a shim never joins it; `unified` on a hybrid host has no controllers.
const skipped = new Set(['unified', 'cpuset']);

function hierarchies(root: string): readonly string[] {
  if (existsSync(join(root, 'cgroup.controllers'))) return [root];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
    .map((entry) => join(root, entry.name));
}
