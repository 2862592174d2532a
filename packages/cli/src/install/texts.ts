/** What every file of ours begins with, and by which it is known again. */
export const mark = '# Written by sandshim install; sandshim uninstall removes it.';

/** containerd's drop-in: the two runtimes as CRI handlers. The plugin has another name since configuration version 3. */
export function containerdDropIn(version: number): string {
  const plugin = version >= 3 ? 'io.containerd.cri.v1.runtime' : 'io.containerd.grpc.v1.cri';
  const table = (name: string): string => `[plugins."${plugin}".containerd.runtimes.${name}]`;
  return `${mark}
version = ${version}

${table('runsc')}
  runtime_type = "io.containerd.runsc.v1"
  pod_annotations = ["dev.gvisor.*"]

${table('sandshim-runc')}
  runtime_type = "io.containerd.sandshim-runc.v2"
`;
}

/** Kubernetes' names for the two handlers. */
export const runtimeClasses = `${mark}
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata:
  name: gvisor
handler: runsc
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata:
  name: sandshim-runc
handler: sandshim-runc
`;
