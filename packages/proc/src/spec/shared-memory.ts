import type { OciSpec } from '@sandshim/runsc-client';
import type { ContainerType } from './container-type.ts';
import type { SpecChange } from './spec-change.ts';
import { withMountType } from './spec-change.ts';

const shmFolder = '/dev/shm';
const hint = 'dev.gvisor.spec.mount.gvisorinternaldevshm';

/**
 * CRI mounts one host folder over /dev/shm of all containers of a pod. The sandbox keeps it in its own memory instead:
 * a tmpfs, which the sandbox root's annotations declare as shared in the pod.
 */
export function sharedMemory(spec: OciSpec, type: ContainerType): SpecChange {
  const mounts = spec.mounts ?? [];
  const shared = mounts.find((mount) => mount.destination === shmFolder && mount.type === 'bind');
  if (shared === undefined) return {};
  const change = {
    // Some specs mount a second, private tmpfs there, which would hide the shared one.
    mounts: mounts
      .filter((mount) => mount.destination !== shmFolder || mount.type !== 'tmpfs')
      .map((mount) => (mount === shared ? withMountType(mount, 'tmpfs') : mount)),
  };
  if (type.kind !== 'sandbox-root') return change;
  return {
    ...change,
    annotations: {
      [`${hint}.source`]: shared.source ?? '',
      [`${hint}.type`]: 'tmpfs',
      [`${hint}.share`]: 'pod',
      [`${hint}.options`]: 'rw',
    },
  };
}
