import { describe, expect, it } from 'vitest';
import { cgroupOf, locateCgroup } from './cgroup-of.ts';
import { isShared } from './memory-guard.ts';

const v1 = (name: string, root = '/') => ({
  ...{ root, mountPoint: `/sys/fs/cgroup/${name}`, type: 'cgroup' },
  superOptions: ['rw', ...name.split(',')],
});

describe('the cgroup of a process', () => {
  it('has a folder per controller in version 1', () => {
    const lines = '4:memory:/a/b\n3:cpu,cpuacct:/c\n1:name=systemd:/d\n0::/e\n';
    const mounts = [v1('memory'), v1('cpu,cpuacct'), v1('pids')];
    expect(locateCgroup(lines, { version: 1, mounts })).toEqual({
      version: 1,
      folders: {
        memory: '/sys/fs/cgroup/memory/a/b',
        cpu: '/sys/fs/cgroup/cpu,cpuacct/c',
        cpuacct: '/sys/fs/cgroup/cpu,cpuacct/c',
      },
    });
  });

  it('has one folder in version 2', () => {
    const mounts = [{ root: '/', mountPoint: '/sys/fs/cgroup', type: 'cgroup2', superOptions: [] }];
    const cgroup = { version: 2, folder: '/sys/fs/cgroup/a:b/c' };
    expect(locateCgroup('0::/a:b/c\n', { version: 2, mounts })).toEqual(cgroup);
    expect(locateCgroup('', { version: 2, mounts })).toBeUndefined();
    expect(locateCgroup('0::/a\n', { version: 2, mounts: [] })).toBeUndefined();
  });

  it('is below the part that is mounted', () => {
    const mounts = [v1('memory', '/outer')];
    expect(locateCgroup('4:memory:/outer/a\n', { version: 1, mounts })).toEqual({
      ...{ version: 1, folders: { memory: '/sys/fs/cgroup/memory/a' } },
    });
  });

  it('is known for this one, and not for one that is gone', async () => {
    expect(await cgroupOf('self')).toBeDefined();
    expect(await cgroupOf(0 as Parameters<typeof cgroupOf>[0])).toBeUndefined();
  });
});

describe("a container's memory cgroup", () => {
  const at = (memory: string) => ({ version: 1, folders: { memory } }) as const;

  it('is its own unless it holds this process too', () => {
    expect(isShared(at('/m/a'), at('/m/b'))).toBe(false);
    expect(isShared(at('/m/a/b'), at('/m/a'))).toBe(false);
    expect(isShared(at('/m/a'), at('/m/a'))).toBe(true);
    expect(isShared(at('/m'), at('/m/a'))).toBe(true);
    expect(isShared(at('/m'), undefined)).toBe(false);
  });
});
