import { describe, expect, it } from 'vitest';
import { resourceFiles } from './resource-files.ts';

const written = (resources: unknown, version: 1 | 2) =>
  resourceFiles(resources, version).map(({ controller, file, value }) => `${controller}: ${file} = ${value}`);

const resources = {
  memory: { limit: 1048576, swap: 2097152, reservation: 4096 },
  cpu: { shares: 1024, quota: 50_000, period: 100_000, cpus: '0-1', mems: '0' },
  pids: { limit: 64 },
};

describe('the files of resources', () => {
  it('are those of cgroup version 1', () => {
    expect(written(resources, 1)).toEqual([
      'memory: memory.limit_in_bytes = 1048576',
      'memory: memory.memsw.limit_in_bytes = 2097152',
      'memory: memory.soft_limit_in_bytes = 4096',
      'cpu: cpu.shares = 1024',
      'cpu: cpu.cfs_period_us = 100000',
      'cpu: cpu.cfs_quota_us = 50000',
      'cpuset: cpuset.cpus = 0-1',
      'cpuset: cpuset.mems = 0',
      'pids: pids.max = 64',
    ]);
  });

  it('are those of cgroup version 2, where swap is counted apart', () => {
    expect(written({ ...resources, unified: { 'memory.high': '900000' } }, 2)).toEqual([
      'memory: memory.max = 1048576',
      'memory: memory.swap.max = 1048576',
      'memory: memory.low = 4096',
      'cpu: cpu.weight = 39',
      'cpu: cpu.max = 50000 100000',
      'cpuset: cpuset.cpus = 0-1',
      'cpuset: cpuset.mems = 0',
      'pids: pids.max = 64',
      'memory: memory.high = 900000',
    ]);
  });

  it('say max for no limit', () => {
    expect(written({ memory: { limit: -1 }, cpu: { quota: -1 }, pids: { limit: -1 } }, 2)).toEqual([
      'memory: memory.max = max',
      'cpu: cpu.max = max 100000',
      'pids: pids.max = max',
    ]);
  });

  it('leave alone what is absent, null, 0 or empty', () => {
    expect(written({}, 1)).toEqual([]);
    expect(written({ memory: null, cpu: { shares: 0, cpus: '' } }, 1)).toEqual([]);
  });

  it.each([
    [[], 'resources is not an object'],
    [{ memory: 5 }, 'memory is not an object'],
    [{ memory: { limit: '5' } }, 'memory.limit is not a whole number'],
    [{ cpu: { cpus: 3 } }, 'cpu.cpus is not a string'],
    [{ unified: { '../x': '1' } }, 'unified["../x"] is not a cgroup file'],
  ])('refuse %j', (bad, message) => {
    expect(() => resourceFiles(bad, 2)).toThrow(expect.objectContaining({ code: 'invalid_argument', message }));
  });
});
