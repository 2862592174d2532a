import type { OciSpec } from '@sandshim/runsc-client';

/** A container that is a sandbox of its own, or one that lives in the sandbox of a pod. */
export type ContainerType =
  | { readonly kind: 'sandbox-root' }
  | { readonly kind: 'pod-container'; readonly sandboxId: string | undefined };

const typeKeys = ['io.kubernetes.cri.container-type', 'io.kubernetes.cri-o.ContainerType'];
const sandboxIdKeys = ['io.kubernetes.cri.sandbox-id', 'io.kubernetes.cri-o.SandboxID'];

/**
 * By the annotations of containerd's CRI plug-in, then CRI-O's. Anything but "container" is a sandbox root, no annotation
 * too: that is how runsc itself reads it (gVisor's own shim does not, and hangs).
 */
export function containerType({ annotations }: Pick<OciSpec, 'annotations'>): ContainerType {
  const type = first(annotations, typeKeys);
  if (type !== 'container') return { kind: 'sandbox-root' };
  return { kind: 'pod-container', sandboxId: first(annotations, sandboxIdKeys) };
}

function first(annotations: OciSpec['annotations'], keys: readonly string[]): string | undefined {
  return keys.map((key) => annotations?.[key]).find((value) => value !== undefined && value !== '');
}
