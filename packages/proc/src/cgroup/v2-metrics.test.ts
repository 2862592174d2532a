import { expect, it } from 'vitest';
import { fakeFiles } from '../testing/fake-files.ts';
import { noLimit, parseCounter, parseKeyed } from './read-cgroup.ts';
import { readV2Metrics } from './v2-metrics.ts';

it('a cgroup of version 2 is read from its one folder', async () => {
  using files = fakeFiles({
    'cpu.stat': 'usage_usec 3\nuser_usec 1\nsystem_usec 2\nnr_periods 4\n',
    'memory.stat':
      'anon 1\nfile 2\nkernel_stack 3\nanon_thp 4\nworkingset_refault_anon 5\nworkingset_refault_file 6\npgfault 7\n',
    'memory.current': '100\n',
    'memory.max': 'max\n',
    'memory.swap.current': '0\n',
    'memory.events': 'low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n',
    'pids.current': '3\n',
    'pids.max': '10\n',
    'io.stat': '8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\nnonsense\n',
    'hugetlb.2MB.current': '5\n',
    'hugetlb.2MB.max': 'max\n',
    'hugetlb.2MB.events': 'max 6\n',
  });
  expect(await readV2Metrics(files.folder)).toEqual({
    cpu: { usageUsec: 3n, userUsec: 1n, systemUsec: 2n, nrPeriods: 4n },
    memory: {
      ...{ anon: 1n, file: 2n, kernelStack: 3n, anonThp: 4n, workingsetRefault: 11n, pgfault: 7n },
      ...{ usage: 100n, usageLimit: noLimit, swapUsage: 0n },
    },
    memoryEvents: { low: 0n, high: 0n, max: 9n, oom: 2n, oomKill: 1n, oomGroupKill: 0n },
    pids: { current: 3n, limit: 10n },
    io: { usage: [{ major: 8n, minor: 0n, rbytes: 1n, wbytes: 2n, rios: 3n, wios: 4n }] },
    hugetlb: [{ pagesize: '2MB', current: 5n, max: noLimit, failcnt: 6n }],
  });
});

it('a folder that is gone has nothing', async () => {
  expect(await readV2Metrics('/no/such/folder')).toEqual({});
});

it('what is no counter is left out', () => {
  expect(parseCounter('-1')).toBeUndefined();
  expect(parseCounter('1.5')).toBeUndefined();
  expect(parseCounter(undefined)).toBeUndefined();
  expect([...parseKeyed('a 1\nb\nc x\nd 1 2\n')]).toEqual([['a', 1n]]);
});
