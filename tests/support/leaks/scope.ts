/** Where the traces of one private containerd can lie. Everything in it is named so that no other test's can match. */
export interface LeakScope {
  /** The private folder: in command lines, environments, mounts. */
  readonly folder: string;
  /** The cgroup that holds the tests' containers: "/test-3f9a1c". */
  readonly cgroupParent: string;
  /** containerd itself: no leak, but its descriptors are looked at. */
  readonly daemonPid: number;
  /** containerd's own socket and the tests' namespace: what the name of a shim's socket is made of. */
  readonly address: string;
  readonly namespace: string;
  /** The containers (or pods) started so far; each has had a socket. Whoever starts one adds it. */
  readonly groups: Set<string>;
  /** Where runtimes keep the state of containers. */
  readonly runtimeRoots: readonly string[];
}

interface ScopeOptions {
  readonly folder: string;
  readonly namespace: string;
  readonly daemonPid: number;
  readonly groups?: Set<string>;
}

export function leakScope({ folder, namespace, daemonPid, groups = new Set() }: ScopeOptions): LeakScope {
  const own = [`${folder}/runsc/${namespace}`, `${folder}/runc/${namespace}`];
  // Kubernetes' namespace has the same name everywhere: there only the private roots count, and pods name their cgroup.
  const shared = [`/run/containerd/runsc/${namespace}`, `/run/containerd/runc/${namespace}`];
  const kubernetes = namespace === 'k8s.io';
  return {
    folder,
    namespace,
    groups,
    daemonPid,
    address: `${folder}/containerd.sock`,
    cgroupParent: kubernetes ? `/${folder.slice(folder.lastIndexOf('/') + 1)}` : `/${namespace}`,
    runtimeRoots: kubernetes ? own : [...own, ...shared],
  };
}
