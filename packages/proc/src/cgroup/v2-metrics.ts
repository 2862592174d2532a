import { readdir } from 'node:fs/promises';
import type { CgroupV2Metrics, CpuV2, HugetlbV2, IoV2Entry, MemoryEventsV2, MemoryV2 } from './metrics.ts';
import { memoryV2StatNames } from './metrics.ts';
import { known, parseNested, readCounter, readKeyed, readText } from './read-cgroup.ts';
import { readPids } from './v1-metrics.ts';

/** Reads a cgroup's metrics; a controller that is not enabled is absent. */
export async function readV2Metrics(folder: string): Promise<CgroupV2Metrics> {
  const [cpu, memory, memoryEvents, pids, io, hugetlb] = await Promise.all([
    readCpu(folder),
    readMemory(folder),
    readMemoryEvents(folder),
    readPids(folder),
    readIo(folder),
    readHugetlb(folder),
  ]);
  return {
    ...(cpu && { cpu }),
    ...(memory && { memory }),
    ...(memoryEvents && { memoryEvents }),
    ...(pids && { pids }),
    ...(io && { io }),
    ...(hugetlb.length > 0 && { hugetlb }),
  };
}

async function readCpu(folder: string): Promise<CpuV2 | undefined> {
  const stat = await readKeyed(folder, 'cpu.stat');
  if (stat.size === 0) return undefined;
  return {
    usageUsec: stat.get('usage_usec') ?? 0n,
    userUsec: stat.get('user_usec') ?? 0n,
    systemUsec: stat.get('system_usec') ?? 0n,
    ...known({
      nrPeriods: stat.get('nr_periods'),
      nrThrottled: stat.get('nr_throttled'),
      throttledUsec: stat.get('throttled_usec'),
      nrBursts: stat.get('nr_bursts'),
      burstUsec: stat.get('burst_usec'),
    }),
  };
}

async function readMemory(folder: string): Promise<MemoryV2 | undefined> {
  const usage = await readCounter(folder, 'memory.current');
  if (usage === undefined) return undefined;
  const stat = await readKeyed(folder, 'memory.stat');
  return {
    ...known(Object.fromEntries(memoryV2StatNames.map((name) => [name, readStat(stat, name)]))),
    ...known({
      usage,
      usageLimit: await readCounter(folder, 'memory.max'),
      swapUsage: await readCounter(folder, 'memory.swap.current'),
      swapLimit: await readCounter(folder, 'memory.swap.max'),
      maxUsage: await readCounter(folder, 'memory.peak'),
      swapMaxUsage: await readCounter(folder, 'memory.swap.peak'),
    }),
  };
}

function readStat(stat: ReadonlyMap<string, bigint>, name: string): bigint | undefined {
  const kernelName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const value = stat.get(kernelName);
  if (value !== undefined || !name.startsWith('workingset')) return value;
  // Since Linux 5.9 these are counted apart for anonymous and file pages.
  const anon = stat.get(`${kernelName}_anon`);
  const file = stat.get(`${kernelName}_file`);
  return anon === undefined && file === undefined ? undefined : (anon ?? 0n) + (file ?? 0n);
}

async function readMemoryEvents(folder: string): Promise<MemoryEventsV2 | undefined> {
  const events = await readKeyed(folder, 'memory.events');
  if (events.size === 0) return undefined;
  return {
    low: events.get('low') ?? 0n,
    high: events.get('high') ?? 0n,
    max: events.get('max') ?? 0n,
    oom: events.get('oom') ?? 0n,
    oomKill: events.get('oom_kill') ?? 0n,
    oomGroupKill: events.get('oom_group_kill') ?? 0n,
  };
}

async function readIo(folder: string): Promise<CgroupV2Metrics['io']> {
  const text = await readText(folder, 'io.stat');
  return text === undefined ? undefined : { usage: parseIoStat(text) };
}

/** Lines `major:minor rbytes=… wbytes=… rios=… wios=…`. */
export function parseIoStat(text: string): readonly IoV2Entry[] {
  return [...parseNested(text)].flatMap(([device, counters]) => {
    const [, major, minor] = /^(\d+):(\d+)$/.exec(device) ?? [];
    if (major === undefined || minor === undefined) return [];
    return [
      {
        major: BigInt(major),
        minor: BigInt(minor),
        rbytes: counters.get('rbytes') ?? 0n,
        wbytes: counters.get('wbytes') ?? 0n,
        rios: counters.get('rios') ?? 0n,
        wios: counters.get('wios') ?? 0n,
      },
    ];
  });
}

async function readHugetlb(folder: string): Promise<readonly HugetlbV2[]> {
  const files = await readdir(folder).catch(() => []);
  const sizes = files.flatMap((file) => /^hugetlb\.([^.]+)\.current$/.exec(file)?.[1] ?? []);
  return Promise.all(
    sizes.map(async (pagesize) => ({
      pagesize,
      current: (await readCounter(folder, `hugetlb.${pagesize}.current`)) ?? 0n,
      max: (await readCounter(folder, `hugetlb.${pagesize}.max`)) ?? 0n,
      failcnt: (await readKeyed(folder, `hugetlb.${pagesize}.events`)).get('max') ?? 0n,
    })),
  );
}
