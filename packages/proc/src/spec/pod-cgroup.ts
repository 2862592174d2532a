import type { OciSpec } from '@sandshim/runsc-client';
import type { ContainerType } from './container-type.ts';

const cgroupParentKey = 'dev.gvisor.spec.cgroup-parent';

/**
 * For a sandbox root in a pod: the annotation that puts the sandbox in the pod's cgroup instead of the pause
 * container's, whose limits are not the pod's. The pod's is the last part of the path that begins with "pod"; systemd's
 * `slice:prefix:name` is no path.
 */
export function podCgroupAnnotation(spec: OciSpec, type: ContainerType): Readonly<Record<string, string>> {
  if (type.kind !== 'sandbox-root') return {};
  const path = spec.linux?.cgroupsPath ?? '';
  if (path.includes(':')) return {};
  const parts = path.split('/');
  const pod = parts.findLastIndex((part) => part.startsWith('pod'));
  if (pod < 0) return {};
  return { [cgroupParentKey]: parts.slice(0, pod + 1).join('/') };
}
