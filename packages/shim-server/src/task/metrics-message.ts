import type { CgroupV1Metrics, CgroupV2Metrics, ContainerMetrics } from '@sandshim/proc';
import { packAny } from '../api/any.ts';
import type { Any } from '../api/gen/google/protobuf/any.ts';
import {
  BlkIOStat,
  MemoryStat as MemoryV1,
  Metrics as MetricsV1,
  Throttle,
} from '../api/gen/io/containerd/cgroups/v1/metrics.ts';
import {
  CPUStat as CpuV2,
  IOStat,
  MemoryStat as MemoryV2,
  Metrics as MetricsV2,
} from '../api/gen/io/containerd/cgroups/v2/metrics.ts';

const nothing = new Uint8Array(0);

/** The metrics as containerd's message of the same cgroup version; a counter that is not known is 0 there. */
export function metricsMessage(metrics: ContainerMetrics): Any {
  return metrics.version === 1
    ? packAny(MetricsV1, v1Message(metrics.metrics))
    : packAny(MetricsV2, v2Message(metrics.metrics));
}

function v1Message({ cpu, memory, blkio, ...others }: CgroupV1Metrics): MetricsV1 {
  return {
    ...MetricsV1.decode(nothing),
    ...others,
    ...(cpu && { cpu: { usage: cpu.usage, throttling: { ...Throttle.decode(nothing), ...cpu.throttling } } }),
    ...(memory && { memory: { ...MemoryV1.decode(nothing), ...memory } }),
    ...(blkio && { blkio: { ...BlkIOStat.decode(nothing), ...blkio } }),
  };
}

function v2Message({ cpu, memory, io, ...others }: CgroupV2Metrics): MetricsV2 {
  return {
    ...MetricsV2.decode(nothing),
    ...others,
    ...(cpu && { cpu: { ...CpuV2.decode(nothing), ...cpu } }),
    ...(memory && { memory: { ...MemoryV2.decode(nothing), ...memory } }),
    ...(io && { io: { ...IOStat.decode(nothing), ...io } }),
  };
}
