import type { RuntimeStats } from '@sandshim/runsc-client';
import type { CgroupV1Metrics, CgroupV2Metrics, ContainerMetrics, MemoryEntry } from './metrics.ts';

type RuntimeMemoryEntry = RuntimeStats['memory']['usage'];

/** What a sandbox tells of a container, as metrics of the host's cgroup version, which is what containerd reads. */
export function runscMetrics(stats: RuntimeStats, version: 1 | 2): ContainerMetrics {
  return version === 2 ? { version, metrics: asV2(stats) } : { version, metrics: asV1(stats) };
}

function asV1({ cpu, memory, pids, network }: RuntimeStats): CgroupV1Metrics {
  return {
    cpu: {
      usage: { total: cpu.totalNs, kernel: cpu.kernelNs, user: cpu.userNs, perCpu: cpu.perCpuNs },
      throttling: {
        periods: cpu.throttling.periods,
        throttledPeriods: cpu.throttling.throttledPeriods,
        throttledTime: cpu.throttling.throttledNs,
      },
    },
    memory: {
      cache: memory.cacheBytes,
      usage: entry(memory.usage),
      swap: entry(memory.swap),
      kernel: entry(memory.kernel),
      kernelTcp: entry(memory.kernelTcp),
    },
    pids,
    ...(network.length > 0 && { network }),
  };
}

function asV2({ cpu, memory, pids, network }: RuntimeStats): CgroupV2Metrics {
  return {
    cpu: {
      usageUsec: cpu.totalNs / 1000n,
      userUsec: cpu.userNs / 1000n,
      systemUsec: cpu.kernelNs / 1000n,
      nrPeriods: cpu.throttling.periods,
      nrThrottled: cpu.throttling.throttledPeriods,
      throttledUsec: cpu.throttling.throttledNs / 1000n,
    },
    memory: {
      usage: memory.usage.usageBytes,
      usageLimit: memory.usage.limitBytes,
      maxUsage: memory.usage.maxBytes,
      swapUsage: memory.swap.usageBytes,
      swapLimit: memory.swap.limitBytes,
      slab: memory.kernel.usageBytes,
      file: memory.cacheBytes,
    },
    pids,
    ...(network.length > 0 && { network }),
  };
}

function entry({ limitBytes, usageBytes, maxBytes, failures }: RuntimeMemoryEntry): MemoryEntry {
  return { limit: limitBytes, usage: usageBytes, max: maxBytes, failcnt: failures };
}
