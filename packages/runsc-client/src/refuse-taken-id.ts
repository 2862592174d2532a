import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SandshimError } from './errors.ts';
import type { ContainerId } from './ids.ts';

/**
 * Refuses an id that a container below this root has. runsc (2022) refuses it too, but removes the other container's
 * record while it does: that container then runs on, and no command finds it any more.
 * @throws SandshimError `already_exists`
 */
export async function refuseTakenId(id: ContainerId, root: string = defaultRoot()): Promise<void> {
  // No root yet, or one that cannot be read: then runsc itself has the word.
  const names = await readdir(root).catch(() => []);
  const taken = names.some((name) => name.startsWith(`${id}_sandbox:`) && name.endsWith('.state'));
  if (taken) throw new SandshimError('already_exists', `runsc has a container ${id} already, in ${root}`);
}

function defaultRoot(): string {
  const runtimeDir = process.env['XDG_RUNTIME_DIR'];
  return runtimeDir === undefined || runtimeDir === '' ? '/var/run/runsc' : join(runtimeDir, 'runsc');
}
