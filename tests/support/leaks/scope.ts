/** Where the traces of one private containerd can lie. Everything in it is named so that no other test's can match. */
export interface LeakScope {
  /** The private folder: in command lines, environments, mounts. */
  readonly folder: string;
  /** The cgroup that holds the tests' containers: "/test-3f9a1c". */
  readonly cgroupParent: string;
  /** containerd itself: no leak, but its descriptors are looked at. */
  readonly daemonPid: number;
  /** Where runtimes keep the state of containers. */
  readonly runtimeRoots: readonly string[];
}

interface ScopeOptions {
  readonly folder: string;
  readonly namespace: string;
  readonly daemonPid: number;
}

export function leakScope({ folder, namespace, daemonPid }: ScopeOptions): LeakScope {
  const own = [`${folder}/runsc/${namespace}`, `${folder}/runc/${namespace}`];
  // Kubernetes' namespace has the same name everywhere: there only the private roots count, and pods name their cgroup.
  const shared = [`/run/containerd/runsc/${namespace}`, `/run/containerd/runc/${namespace}`];
  const kubernetes = namespace === 'k8s.io';
  return {
    folder,
    daemonPid,
    cgroupParent: kubernetes ? `/${folder.slice(folder.lastIndexOf('/') + 1)}` : `/${namespace}`,
    runtimeRoots: kubernetes ? own : [...own, ...shared],
  };
}
