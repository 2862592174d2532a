import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Proportional set size of the processes together, in MiB: of a page that several processes share, each has its part. */
export async function pssOf(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(
    pids.map(async (pid) => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
      const kib = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
      if (kib === undefined) throw new Error(`/proc/${pid}/smaps_rollup has no Pss`);
      return Number(kib) / 1024;
    }),
  );
  return each.reduce((sum, mib) => sum + mib, 0);
}

/** User and system time that a process itself has used so far, in ms. */
export async function cpuTimeOf(pid: number): Promise<number> {
  const fields = await statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/**
 * The commands of a runtime that a shim keeps running: `runsc wait`, `runsc exec`. A sandbox and its gofer, and what runs in
 * a container, are the container's own cost, whatever the shim.
 */
export async function helpersOf(shim: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      if (Number((await statFields(pid))[1]) !== shim) continue;
      const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      if (['runsc', 'runc'].includes(basename(program))) found.push(pid);
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}

/** The fields after the program's name: 0 is the state, 1 the parent. */
async function statFields(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
