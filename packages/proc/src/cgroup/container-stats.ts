import { existsSync } from 'node:fs';
import type { CallOptions } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ContainerContext } from '../process/context.ts';
import { type Cgroup, hostCgroupVersion } from './cgroup-of.ts';
import type { ContainerMetrics } from './metrics.ts';
import { runscMetrics } from './runsc-metrics.ts';
import { readV1Metrics } from './v1-metrics.ts';
import { readV2Metrics } from './v2-metrics.ts';

/** The metrics of a container: from its cgroup for runc; from the sandbox for runsc, which alone tells containers apart. */
export async function containerStats(
  context: ContainerContext,
  cgroup: Cgroup | undefined,
  call: CallOptions,
): Promise<ContainerMetrics> {
  const { runtime } = context.deps;
  if (runtime.name === 'runsc') return runscMetrics(await runtime.stats(context.id, call), hostCgroupVersion());
  const folder = cgroup?.version === 2 ? cgroup.folder : Object.values(cgroup?.folders ?? {})[0];
  if (cgroup === undefined || folder === undefined || !existsSync(folder)) {
    throw new SandshimError('not_found', 'cgroup does not exist');
  }
  return cgroup.version === 2
    ? { version: 2, metrics: await readV2Metrics(cgroup.folder) }
    : { version: 1, metrics: await readV1Metrics(cgroup.folders) };
}
