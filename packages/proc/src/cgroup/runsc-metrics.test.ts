import type { RuntimeStats } from '@sandshim/runsc-client';
import { expect, it } from 'vitest';
import { runscMetrics } from './runsc-metrics.ts';

const entry = (usageBytes: bigint) => ({ limitBytes: 9n, usageBytes, maxBytes: 8n, failures: 1n });
const counts = {
  rxBytes: 1n,
  rxPackets: 2n,
  rxErrors: 3n,
  rxDropped: 4n,
  txBytes: 5n,
  txPackets: 6n,
  txErrors: 7n,
  txDropped: 8n,
};

const stats: RuntimeStats = {
  cpu: {
    ...{ totalNs: 3_000n, kernelNs: 1_000n, userNs: 2_000n, perCpuNs: [3_000n] },
    throttling: { periods: 1n, throttledPeriods: 2n, throttledNs: 3_000n },
  },
  memory: {
    ...{ cacheBytes: 7n, usage: entry(100n), swap: entry(0n), kernel: entry(5n), kernelTcp: entry(0n) },
    raw: {},
  },
  pids: { current: 3n, limit: 0n },
  blkio: {
    ...{ ioServiceBytes: [], ioServiced: [], ioQueued: [], ioServiceTimeNs: [], ioWaitTimeNs: [], ioMerged: [] },
    ...{ ioTimeMs: [], sectors: [] },
  },
  hugetlb: [],
  network: [{ name: 'eth0', ...counts }],
};

it("a sandbox's statistics are metrics of the host's cgroup version", () => {
  expect(runscMetrics(stats, 1)).toEqual({
    version: 1,
    metrics: {
      cpu: {
        usage: { total: 3_000n, kernel: 1_000n, user: 2_000n, perCpu: [3_000n] },
        throttling: { periods: 1n, throttledPeriods: 2n, throttledTime: 3_000n },
      },
      memory: {
        cache: 7n,
        usage: { limit: 9n, usage: 100n, max: 8n, failcnt: 1n },
        swap: { limit: 9n, usage: 0n, max: 8n, failcnt: 1n },
        kernel: { limit: 9n, usage: 5n, max: 8n, failcnt: 1n },
        kernelTcp: { limit: 9n, usage: 0n, max: 8n, failcnt: 1n },
      },
      pids: { current: 3n, limit: 0n },
      network: [{ name: 'eth0', ...counts }],
    },
  });
  expect(runscMetrics(stats, 2)).toMatchObject({
    version: 2,
    metrics: {
      cpu: { usageUsec: 3n, userUsec: 2n, systemUsec: 1n, throttledUsec: 3n },
      memory: { usage: 100n, usageLimit: 9n, slab: 5n, file: 7n },
      pids: { current: 3n },
      network: [{ name: 'eth0' }],
    },
  });
});
