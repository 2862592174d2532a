import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CriClient, openCri } from '../support/cri/client.ts';
import { cniNetwork } from '../support/cri/cni.ts';
import { type Pod, runPod } from '../support/cri/pod.ts';
import {
  type Containerd,
  type ContainerdVersion,
  containerdVersions,
  expectNoLeaks,
  startContainerd,
  takeSnapshot,
  writeRunscToml,
} from '../support/index.ts';
import { processesOf } from '../support/leaks/processes.ts';

export const versionsUnderTest: readonly ContainerdVersion[] = containerdVersions;

/** The names that deploy/containerd gives our shims, and RuntimeClasses refer to. */
export type Handler = 'runsc' | 'sandshim-runc';

/** One containerd with its CRI plugin, a bridge network, and our shims as runtime handlers. */
export interface Cluster extends AsyncDisposable {
  readonly containerd: Containerd;
  readonly cri: CriClient;
  readonly bridge: string;
  /** Runs a pod; disposing stops and removes it. */
  pod(options: { handler: Handler; network?: 'POD' | 'NODE' }): Promise<Pod & AsyncDisposable>;
  /** Throws unless everything is as it was before the first pod. */
  expectNothingLeft(): Promise<void>;
}

export async function startCluster(version: ContainerdVersion): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-pod-'));
  const network = await cniNetwork(folder, versionsUnderTest.indexOf(version) + 1);
  const toml = join(folder, 'runsc.toml');
  // The stack of the namespace that the pod is put in: this runsc's own stack needs a kernel that it can tell apart.
  await writeRunscToml(toml, { flags: { network: 'host' } });
  const containerd = await startContainerd({
    version,
    cri: { runscToml: toml, cniConfFolder: network.confFolder },
  });
  const cri = openCri(containerd.paths.address);
  const before = await takeSnapshot(containerd.scope);
  return {
    containerd,
    cri,
    bridge: network.bridge,
    pod: async (podOptions) => {
      const pod = await runPod({
        cri,
        logs: join(folder, 'logs'),
        cgroupParent: containerd.scope.cgroupParent,
        ...podOptions,
      });
      return { ...pod, [Symbol.asyncDispose]: () => pod.remove() };
    },
    expectNothingLeft: () => expectNoLeaks(containerd.scope, before),
    [Symbol.asyncDispose]: async () => {
      cri[Symbol.dispose]();
      await containerd[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The shim processes that serve a pod: those whose command line names it. */
export async function shimsOf(cluster: Cluster, pod: string): Promise<readonly number[]> {
  const found = await processesOf(cluster.containerd.scope);
  return found
    .filter(({ command }) => command.startsWith('containerd-shim-') && command.includes(pod))
    .map(({ pid }) => pid);
}
