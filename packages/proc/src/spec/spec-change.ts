import type { OciMount, OciSpec } from '@sandshim/runsc-client';

/** A change of a spec: annotations that are added, and all mounts as they shall be. What is absent stays. */
export interface SpecChange {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mounts?: readonly OciMount[];
}

/** `spec` with the change; `spec` itself if nothing differs. */
export function changedSpec(spec: OciSpec, { annotations = {}, mounts }: SpecChange): OciSpec {
  const adds = Object.entries(annotations).some(([key, value]) => spec.annotations?.[key] !== value);
  const moves = mounts !== undefined && !sameMounts(mounts, spec.mounts ?? []);
  if (!adds && !moves) return spec;
  return {
    ...spec,
    ...(adds ? { annotations: { ...spec.annotations, ...annotations } } : {}),
    ...(moves ? { mounts } : {}),
  };
}

/** A mount of another type. A bind's own options mean nothing to the others; the OCI spec lets them make any type a bind. */
export function withMountType(mount: OciMount, type: string): OciMount {
  if (mount.type === type) return mount;
  if (type === 'bind' || mount.options === undefined) return { ...mount, type };
  return { ...mount, type, options: mount.options.filter((option) => option !== 'bind' && option !== 'rbind') };
}

function sameMounts(left: readonly OciMount[], right: readonly OciMount[]): boolean {
  return left.length === right.length && left.every((mount, index) => mount === right[index]);
}
