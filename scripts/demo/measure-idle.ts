import { readFile } from 'node:fs/promises';
import { type Rig, shimPid } from '../../tests/support/index.ts';

/** What an idle container costs: [what, how much]. */
export async function measureIdle(rig: Rig): Promise<readonly (readonly [string, string])[]> {
  const from = performance.now();
  const id = await rig.start(['sleep', '1000']);
  const started = performance.now() - from;
  const shim = await pss(await shimPid(rig.containerd, id));
  const before = performance.now();
  await rig.ctr(['task', 'exec', '--exec-id', 'e1', id, 'true']);
  const exec = performance.now() - before;
  await rig.remove(id);
  return [
    ['ctr run -d, until it runs', `${started.toFixed(0)} ms`],
    ['ctr task exec … true', `${exec.toFixed(0)} ms`],
    ['memory of the shim beside it (PSS)', `${(shim / 1024).toFixed(1)} MB`],
  ];
}

/** Memory that a process has, shared pages divided among their users; in KiB. */
async function pss(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
}
