import { mkdir } from 'node:fs/promises';
import { testImage } from '../../../scripts/setup/image.ts';
import { removeCgroups } from '../leaks/cgroups.ts';
import { unique } from '../unique.ts';
import type { CriClient } from './client.ts';
import type { ContainerConfig, PodConfig } from './messages.ts';

/** A pod as a kubelet makes it: the sandbox first, containers in it after. */
export interface Pod {
  readonly id: string;
  readonly config: PodConfig;
  /** Creates and starts one container; answers its id. */
  run(name: string, command: readonly string[], more?: Partial<ContainerConfig>): Promise<string>;
  remove(): Promise<void>;
}

export interface PodOptions {
  readonly cri: CriClient;
  readonly handler: string;
  /** Folder for the logs of all pods. */
  readonly logs: string;
  readonly network?: 'POD' | 'NODE';
  /** The cgroup that the pod's own lies in. */
  readonly cgroupParent: string;
}

export async function runPod({ cri, handler, logs, cgroupParent, network = 'POD' }: PodOptions): Promise<Pod> {
  const name = unique('pod');
  const uid = unique('uid');
  const logDirectory = `${logs}/default_${name}_${uid}`;
  await mkdir(logDirectory, { recursive: true });
  const namespaceOptions = { network, pid: 'CONTAINER', ipc: 'POD' } as const;
  const podCgroup = `${cgroupParent}/pod${uid}`;
  const config: PodConfig = {
    metadata: { name, uid, namespace: 'default' },
    hostname: network === 'NODE' ? '' : name,
    logDirectory,
    linux: { cgroupParent: podCgroup, securityContext: { namespaceOptions } },
  };
  const id = await cri.runPod(config, handler);
  return {
    id,
    config,
    run: async (containerName, command, more = {}) => {
      const container = await cri.createContainer(
        id,
        {
          metadata: { name: containerName },
          image: { image: testImage },
          command,
          logPath: `${containerName}.log`,
          ...more,
          linux: { securityContext: { namespaceOptions }, ...more.linux },
        },
        config,
      );
      await cri.startContainer(container);
      return container;
    },
    remove: async () => {
      await cri.stopPod(id);
      await cri.removePod(id);
      // A kubelet makes the pod's cgroup and removes it; containerd does neither.
      await removeCgroups(podCgroup);
    },
  };
}
