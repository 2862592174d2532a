import type { CallOptions } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ContainerContext } from '../process/context.ts';
import { type Cgroup, cgroupAt, cgroupOf } from './cgroup-of.ts';
import { isShared } from './memory-guard.ts';
import { cgroupExists, writeResources } from './write-resources.ts';

/**
 * Changes a container's resources by the runtime's own command. A runsc that has none yet is stood in for: the cgroup of
 * a sandbox's root container holds the whole sandbox, that of another container only what is accounted to it.
 */
export async function updateContainer(
  context: ContainerContext,
  resources: unknown,
  { init, call }: { readonly init: Cgroup | undefined; readonly call: CallOptions },
): Promise<void> {
  try {
    await context.deps.runtime.update(context.id, resources, call);
  } catch (error) {
    if (!SandshimError.is(error) || error.code !== 'unimplemented') throw error;
    await writeResources(await ownCgroup(context, init), resources);
  }
}

async function ownCgroup(
  { sandboxRoot, cgroupsPath, id }: ContainerContext,
  init: Cgroup | undefined,
): Promise<Cgroup> {
  const cgroup = sandboxRoot ? init : cgroupsPath && (await cgroupAt(cgroupsPath));
  if (cgroup && (await cgroupExists(cgroup)) && !isShared(cgroup, await cgroupOf('self'))) return cgroup;
  throw new SandshimError('failed_precondition', `container ${id} has no cgroup of its own to be updated`);
}
