import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostCpuUsage } from './host-cpu.ts';

const rootMount = '36 31 0:35 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n';

describe('hostCpuUsage', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'host-cpu-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function usageOf(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries({ 'proc/self/mountinfo': rootMount, ...files })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return hostCpuUsage(7, { proc: join(folder, 'proc'), cgroups: join(folder, 'cg') });
  }

  it("reads the sandbox's own counter in the legacy hierarchy", async () => {
    const files = { 'proc/7/cgroup': '2:cpu,cpuacct:/pod/c\n0::/\n', 'cg/cpuacct/pod/c/cpuacct.usage': '123\n' };
    await expect(usageOf(files)).resolves.toEqual({ kind: 'counted', nanoseconds: 123 });
  });

  it("reads the parent's counter in the unified hierarchy", async () => {
    const files = {
      'proc/7/cgroup': '0::/pod/c\n',
      'cg/cgroup.controllers': 'cpu\n',
      'cg/pod/cpu.stat': 'usage_usec 5\nuser_usec 1\n',
    };
    await expect(usageOf(files)).resolves.toEqual({ kind: 'counted', nanoseconds: 5_000 });
  });

  it('finds nothing counted where the counter is missing or no number', async () => {
    await expect(usageOf({ 'proc/7/cgroup': '2:cpuacct:/c\n' })).resolves.toEqual({ kind: 'uncounted' });
    await expect(usageOf({ 'cg/cpuacct/c/cpuacct.usage': 'many' })).resolves.toEqual({ kind: 'uncounted' });
  });

  it('leaves cgroups that are mounted from elsewhere to runsc', async () => {
    const files = {
      'proc/7/cgroup': '2:cpuacct:/docker/c\n',
      'proc/self/mountinfo': rootMount.replace(' / ', ' /docker '),
    };
    await expect(usageOf(files)).resolves.toEqual({ kind: 'unclear' });
  });

  it('leaves a line that it does not understand to runsc', async () => {
    await expect(usageOf({ 'proc/7/cgroup': '2:cpuacct:/a:b\n' })).resolves.toEqual({ kind: 'unclear' });
  });

  it('rejects for a process that is not there', async () => {
    await expect(usageOf({})).rejects.toThrow('ENOENT');
  });
});
