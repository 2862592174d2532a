import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Sys } from '@sandshim/io/sys';
import { type CopyKind, setUp } from './copy-under-test.ts';

export interface Latency {
  readonly medianUs: number;
  readonly p99Us: number;
}

/** How long a line takes from the process's write to the client's read, with a pause before each. */
export async function measureLatency(options: {
  readonly sys: Sys;
  readonly kind: CopyKind;
  readonly lines: number;
  readonly folder: string;
}): Promise<Latency> {
  const { sys, kind, lines, folder } = options;
  const fifo = `${folder}/line`;
  sys.mkfifo(fifo, 0o600);
  const copy = await setUp(kind, { sys, fifo });
  const program = new URL('./line-probe.ts', import.meta.url).pathname;
  const probe = spawn(process.execPath, [program, fifo, String(lines)], {
    stdio: ['ignore', copy.stdout, 'inherit', 'pipe'],
  });
  let said = '';
  probe.stdio[3]?.on('data', (chunk) => {
    said += String(chunk);
  });
  await once(probe, 'spawn');
  await copy.started();
  await once(probe, 'close');
  await copy.finished();
  const microseconds = said
    .trim()
    .split(' ')
    .map(Number)
    .toSorted((a, b) => a - b);
  const at = (share: number) => microseconds[Math.floor(microseconds.length * share)] ?? Number.NaN;
  return { medianUs: at(0.5), p99Us: at(0.99) };
}
