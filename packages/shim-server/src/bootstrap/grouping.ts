/**
 * The annotations that name a container's group, first match first: containerd-shim-runc-v2's own, the one of containerd's
 * CRI plugin, CRI-O's.
 */
const groupAnnotations = [
  'io.containerd.runc.v2.group',
  'io.kubernetes.cri.sandbox-id',
  'io.kubernetes.cri-o.SandboxID',
] as const;

/** Containers of one key share one shim: the pod's key, or the container's own id where nothing groups it. */
export function groupKey(
  id: string,
  options: { readonly annotations: Readonly<Record<string, string>>; readonly grouping: boolean },
): string {
  if (!options.grouping) return id;
  for (const name of groupAnnotations) {
    const group = options.annotations[name];
    if (group) return group;
  }
  return id;
}
