import { expect, it } from 'vitest';
import { fakeFiles } from '../testing/fake-files.ts';
import { parseBlkio, readV1Metrics } from './v1-metrics.ts';

it('a cgroup of version 1 is read controller by controller', async () => {
  using files = fakeFiles({
    'cpuacct.usage': '3000\n',
    'cpuacct.usage_percpu': '1000 2000 \n',
    'cpuacct.stat': 'user 5\nsystem 7\n',
    'cpu.stat': 'nr_periods 1\nnr_throttled 2\nthrottled_time 3\n',
    'memory.stat':
      'cache 1\nrss_huge 3\npgpgin 7\npgmajfault 10\ntotal_cache 18\ntotal_pgpgin 24\nhierarchical_memory_limit 16\n',
    'memory.usage_in_bytes': '11\n',
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.max_usage_in_bytes': '13\n',
    'memory.failcnt': '14\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 4\n',
    'pids.current': '2\n',
    'pids.max': 'max\n',
    'blkio.throttle.io_service_bytes_recursive': '8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n',
    'blkio.throttle.io_serviced_recursive': '8:0 Read 1\nTotal 1\n',
    'hugetlb.2MB.usage_in_bytes': '5\n',
    'hugetlb.2MB.max_usage_in_bytes': '6\n',
    'hugetlb.2MB.failcnt': '7\n',
  });
  const { folder } = files;
  const all = { memory: folder, cpu: folder, cpuacct: folder, pids: folder, blkio: folder, hugetlb: folder };
  expect(await readV1Metrics(all)).toEqual({
    cpu: {
      usage: { total: 3000n, kernel: 70_000_000n, user: 50_000_000n, perCpu: [1000n, 2000n] },
      throttling: { periods: 1n, throttledPeriods: 2n, throttledTime: 3n },
    },
    memory: {
      ...{ cache: 1n, rssHuge: 3n, pgPgIn: 7n, pgMajFault: 10n, totalCache: 18n, totalPgPgIn: 24n },
      hierarchicalMemoryLimit: 16n,
      usage: { usage: 11n, limit: 9_223_372_036_854_771_712n, max: 13n, failcnt: 14n },
    },
    pids: { current: 2n, limit: 0n },
    blkio: {
      ioServiceBytesRecursive: [
        { op: 'Read', device: '', major: 8n, minor: 0n, value: 4096n },
        { op: 'Total', device: '', major: 8n, minor: 0n, value: 4096n },
      ],
      ioServicedRecursive: [{ op: 'Read', device: '', major: 8n, minor: 0n, value: 1n }],
    },
    hugetlb: [{ pagesize: '2MB', usage: 5n, max: 6n, failcnt: 7n }],
    memoryOomControl: { oomKillDisable: 0n, underOom: 0n, oomKill: 4n },
  });
});

it('a controller that is not mounted is absent', async () => {
  expect(await readV1Metrics({})).toEqual({});
  expect(parseBlkio('nonsense\n8:x Read 1\n')).toEqual([]);
});
