import { SandshimError } from '@sandshim/runsc-client';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { readSpec } from '../tasks/bundle.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';
import { parseNetDev, readUsage, type Usage } from './usage.ts';

/** A container's usage at one moment. */
export interface Sample {
  readonly task: TaskFolder;
  readonly atMs: number;
  /** `undefined`: it could not be asked, or does not run. */
  readonly usage: Usage | undefined;
}

/** A row of `sandshim stats`. Rates are over the time between two samples. */
export interface StatsRow {
  readonly namespace: string;
  readonly id: string;
  /** 100 is one core. */
  readonly cpuPercent: number | undefined;
  readonly usage: Usage | undefined;
}

/** Asks one shim. A container that has ended or whose shim is gone gives a sample without usage. */
export async function takeSample(cli: Cli, task: TaskFolder, connected?: TaskClient): Promise<Sample> {
  const atMs = performance.now();
  try {
    await using own = connected === undefined ? await connectTask(task) : undefined;
    const client = connected ?? own;
    if (client === undefined) return { task, atMs, usage: undefined };
    const { stats } = await client.rpc.stats({ id: task.id });
    if (stats === undefined) return { task, atMs, usage: undefined };
    const usage = await withLimit(cli, { task, usage: readUsage(stats) });
    return { task, atMs, usage: await withNetwork(cli, { client, task, usage }) };
  } catch (error) {
    if (SandshimError.is(error)) return { task, atMs, usage: undefined };
    throw error;
  }
}

// A sandbox does not tell its limit; the spec that it was made from does.
async function withLimit(
  cli: Cli,
  { task, usage }: { readonly task: TaskFolder; readonly usage: Usage },
): Promise<Usage> {
  if (usage.memoryLimit !== undefined) return usage;
  const spec = await readSpec(cli.host, task).catch(() => undefined);
  const memory = spec?.linux?.resources?.['memory'];
  const limit = typeof memory === 'object' && memory !== null && 'limit' in memory ? memory.limit : undefined;
  return typeof limit === 'number' && limit > 0 ? { ...usage, memoryLimit: limit } : usage;
}

// A cgroup knows nothing of the network; the init process's namespace does, unless it is the host's own.
async function withNetwork(
  cli: Cli,
  { client, task, usage }: { readonly client: TaskClient; readonly task: TaskFolder; readonly usage: Usage },
): Promise<Usage> {
  if (usage.receivedBytes !== undefined) return usage;
  const { pid } = await client.rpc.state({ id: task.id, execId: '' });
  const [own, theirs, source] = await Promise.all([
    cli.host.linkTarget('/proc/self/ns/net'),
    cli.host.linkTarget(`/proc/${pid}/ns/net`),
    cli.host.readText(`/proc/${pid}/net/dev`),
  ]);
  return source === undefined || own === theirs ? usage : { ...usage, ...parseNetDev(source) };
}

/** The row for a sample and the one before it. */
export function statsRow(sample: Sample, before: Sample | undefined): StatsRow {
  const { task, usage, atMs } = sample;
  const elapsedNs = before === undefined ? 0 : (atMs - before.atMs) * 1e6;
  const usedNs = (usage?.cpuNs ?? 0) - (before?.usage?.cpuNs ?? 0);
  const known = usage !== undefined && before?.usage !== undefined && elapsedNs > 0;
  return {
    namespace: task.namespace,
    id: task.id,
    cpuPercent: known ? Math.max(0, (usedNs / elapsedNs) * 100) : undefined,
    usage,
  };
}
