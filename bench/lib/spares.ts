import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended } from '../../tests/support/shim/workshop.ts';
import type { Subject } from './subject.ts';

const patienceMs = 10_000;

/** Settles once the subject's next start finds a spare; at once for one that has none. */
export async function spareReady(subject: Subject): Promise<void> {
  if (subject.spares === undefined) return;
  const deadline = Date.now() + patienceMs;
  while (sparesOf(subject).length === 0) {
    if (Date.now() > deadline) throw new Error(`${subject.id} has no spare after ${patienceMs} ms`);
    await sleep(20);
  }
}

export async function endSpares(subject: Subject): Promise<void> {
  for (const pid of sparesOf(subject)) {
    process.kill(pid, 'SIGTERM');
    await ended(pid);
  }
}

/** The pids of the spares that can be taken. */
export function sparesOf({ spares = '' }: Subject): readonly number[] {
  if (!existsSync(spares)) return [];
  return readdirSync(spares)
    .filter((name) => !name.startsWith('.') && existsSync(join(spares, name, 'request')))
    .map((name) => Number(name.split('.').at(-1)));
}
