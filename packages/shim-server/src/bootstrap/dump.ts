import { readdirSync } from 'node:fs';
import type { Container, ContainerProcess } from '@sandshim/proc';
import type { ContainerTable } from '../task/container-table.ts';

/** What a shim knows and waits for, line by line: for SIGUSR1. */
export function dumpState(containers: ContainerTable): readonly string[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  return [
    `${containers.all.length} containers, ${containers.pending.length} being made: ${containers.pending.join(' ')}`,
    ...containers.all.flatMap(describeContainer),
    `waits for: ${tally(process.getActiveResourcesInfo())}`,
    `${readdirSync('/proc/self/fd').length} descriptors, rss ${rss}, heap ${heapUsed}, external ${external} bytes`,
  ];
}

function describeContainer(container: Container): readonly string[] {
  const { id, bundle } = container;
  return [
    `container ${id}: ${describeProcess(container.init)}, ${bundle}`,
    ...container.execIds.map((exec) => `exec ${id}/${exec}: ${describeProcess(container.exec(exec))}`),
  ];
}

function describeProcess({ snapshot }: ContainerProcess): string {
  const exit =
    snapshot.exit === undefined ? '' : `, exit ${snapshot.exit.status} ${snapshot.exit.exitedAt.toISOString()}`;
  return `${snapshot.status}, pid ${snapshot.pid ?? 'none'}${exit}`;
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ×${count}`).join(', ');
}
