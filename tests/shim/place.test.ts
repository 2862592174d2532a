import { readFile } from 'node:fs/promises';

import { openSys } from '@sandshim/io/sys';
import { Any, packAny, RuncOptions, RuntimeOptions } from '@sandshim/shim-server/api';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { eventually, unique } from '../support/index.ts';
import { removeCgroups } from '../support/leaks/cgroups.ts';
import { ourRunc, ourRunsc } from '../support/shim/subject.ts';
import { ended, openWorkshop } from '../support/shim/workshop.ts';

const asToml = (cgroup: string): Any =>
  packAny(
    RuntimeOptions,
    RuntimeOptions.create({ configBody: Buffer.from(`shim_cgroup = ${JSON.stringify(cgroup)}`) }),
  );
const asOptions = (shimCgroup: string): Any => packAny(RuncOptions, RuncOptions.create({ shimCgroup }));

describe.each([
  ['runsc’s TOML', ourRunsc, asToml],
  ['runc’s options', ourRunc, asOptions],
] as const)('shim_cgroup in %s', (_where, subject, optionsFor) => {
  it('moves the shim, and nothing of what started it', async () => {
    await using shop = await openWorkshop(subject);
    const parent = `/${unique('shim')}`;
    const cgroup = `${parent}/inner`;
    await shop.bundle('c1');
    const stdin = Any.encode(optionsFor(cgroup)).finish();
    expect(await shop.invoke('c1', 'start', { stdin })).toMatchObject({ exitCode: 0, stderr: '' });
    const [pid = 0] = await shop.shims();
    expect(await cgroupsOf(pid)).toContain(cgroup);
    expect(await cgroupsOf(process.pid)).not.toContain(cgroup);
    process.kill(pid, 'SIGTERM');
    await ended(pid);
    await removeCgroups(parent);
  });

  it('is refused if it leaves the cgroup root', async () => {
    await using shop = await openWorkshop(subject);
    await shop.bundle('c1');
    const stdin = Any.encode(optionsFor('../../outside')).finish();
    const refused = await shop.invoke('c1', 'start', { stdin });
    expect(refused).toMatchObject({ exitCode: 1, text: '' });
    expect(refused.stderr).toContain('shim_cgroup "../../outside" leaves the cgroup root');
    expect(await shop.shims()).toEqual([]);
  });
});

describe('the OOM score of a shim', () => {
  // Raising a score takes no privilege; lowering one does, and containers and CI machines lack it.
  it.each([
    [100, 101],
    [1000, 1000],
  ])('is one more than that of a containerd with %i, and at most 1000', async (containerd, shim) => {
    await using shop = await openWorkshop(ourRunsc);
    const bundle = await shop.bundle('c1');
    const flags = ['-namespace', shop.namespace, '-address', shop.address, '-id', 'c1', 'start'];
    const script = `echo ${containerd} >/proc/self/oom_score_adj; "$@"; exit $?`;
    await execa('sh', ['-c', script, 'containerd', ourRunsc.binary, ...flags], {
      cwd: bundle,
      env: { SANDSHIM_SOCKET_DIR: shop.sockets, TTRPC_ADDRESS: '' },
      stdin: 'ignore',
    });
    const [pid = 0] = await shop.shims();
    expect(Number(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8'))).toBe(shim);
  });
});

describe('core scheduling', () => {
  it('is asked for where containerd wants it, and its lack is a warning', async () => {
    await using shop = await openWorkshop(ourRunsc);
    await shop.bundle('c1');
    await shop.invoke('c1', 'start', { env: { SCHED_CORE: '1' } });
    const [pid = 0] = await shop.shims();
    // Its last word: once it is there, the rest of the log is.
    process.kill(pid, 'SIGUSR1');
    await eventually(() => shop.log('c1').includes('descriptors, rss') || undefined, { what: 'the dump' });
    expect(shop.log('c1').includes('core scheduling is not to be had')).toBe(!(await kernelHasCoreScheduling()));
  });
});

/** The processor may lack it as well as the kernel: only asking tells. */
async function kernelHasCoreScheduling(): Promise<boolean> {
  const sys = await openSys();
  try {
    sys.createSchedCore();
    return true;
  } catch {
    return false;
  }
}

async function cgroupsOf(pid: number): Promise<readonly string[]> {
  const lines = (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).trim().split('\n');
  return lines.map((line) => line.split(':').slice(2).join(':'));
}
