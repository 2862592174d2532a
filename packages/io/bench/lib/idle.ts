import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sys } from '@sandshim/io/sys';
import { type CopyKind, setUp } from './copy-under-test.ts';

export interface Idle {
  readonly cpuMsPerSecond: number;
  /** Threads that came with the streams. */
  readonly threads: number;
}

/** What streams cost that nobody writes to. */
export async function measureIdle(options: {
  readonly sys: Sys;
  readonly kind: CopyKind;
  readonly streams: number;
  readonly forMs: number;
  readonly folder: string;
}): Promise<Idle> {
  const { sys, kind, streams, forMs, folder } = options;
  const threads = () => readdirSync('/proc/self/task').length;
  const threadsBefore = threads();
  const copies = [];
  for (let index = 0; index < streams; index++) {
    const fifo = `${folder}/${index}`;
    sys.mkfifo(fifo, 0o600);
    copies.push(await setUp(kind, { sys, fifo }));
  }
  await sleep(200);
  const usedBefore = process.cpuUsage();
  await sleep(forMs);
  const { user, system } = process.cpuUsage(usedBefore);
  const result = { cpuMsPerSecond: (user + system) / forMs, threads: threads() - threadsBefore };
  for (const copy of copies) await copy.started();
  await Promise.all(copies.map((copy) => copy.finished()));
  return result;
}
