import { readdir } from 'node:fs/promises';
import type { Controller } from './cgroup-of.ts';
import type { BlkioEntry, CgroupV1Metrics, CpuV1, HugetlbV1, MemoryEntry, MemoryV1 } from './metrics.ts';
import { memoryV1StatNames, type PidsMetrics } from './metrics.ts';
import { known, noLimit, parseCounter, readCounter, readKeyed, readText } from './read-cgroup.ts';

// USER_HZ, the unit of cpuacct.stat, is 100 on every architecture that Node runs on.
const nanosecondsPerTick = 10_000_000n;

/** Reads a cgroup's metrics; a controller that is not there is absent. */
export async function readV1Metrics(folders: Readonly<Partial<Record<Controller, string>>>): Promise<CgroupV1Metrics> {
  const [cpu, memory, pids, blkio, hugetlb, oom] = await Promise.all([
    readCpu(folders),
    readMemory(folders.memory),
    readPids(folders.pids),
    readBlkio(folders.blkio),
    readHugetlb(folders.hugetlb),
    readKeyed(folders.memory, 'memory.oom_control'),
  ]);
  return {
    ...(cpu && { cpu }),
    ...(memory && { memory }),
    ...(pids && { pids }),
    ...(blkio && { blkio }),
    ...(hugetlb && { hugetlb }),
    ...(oom.size > 0 && {
      memoryOomControl: {
        oomKillDisable: oom.get('oom_kill_disable') ?? 0n,
        underOom: oom.get('under_oom') ?? 0n,
        oomKill: oom.get('oom_kill') ?? 0n,
      },
    }),
  };
}

async function readCpu(folders: Readonly<Partial<Record<Controller, string>>>): Promise<CpuV1 | undefined> {
  const total = await readCounter(folders.cpuacct, 'cpuacct.usage');
  if (total === undefined) return undefined;
  const stat = await readKeyed(folders.cpuacct, 'cpuacct.stat');
  const perCpu = (await readText(folders.cpuacct, 'cpuacct.usage_percpu'))?.trim().split(/\s+/) ?? [];
  const throttling = await readKeyed(folders.cpu, 'cpu.stat');
  return {
    usage: {
      total,
      kernel: (stat.get('system') ?? 0n) * nanosecondsPerTick,
      user: (stat.get('user') ?? 0n) * nanosecondsPerTick,
      perCpu: perCpu.flatMap((text) => parseCounter(text) ?? []),
    },
    ...(throttling.has('nr_periods') && {
      throttling: {
        periods: throttling.get('nr_periods') ?? 0n,
        throttledPeriods: throttling.get('nr_throttled') ?? 0n,
        throttledTime: throttling.get('throttled_time') ?? 0n,
      },
    }),
  };
}

async function readMemory(folder: string | undefined): Promise<MemoryV1 | undefined> {
  const stat = await readKeyed(folder, 'memory.stat');
  if (stat.size === 0) return undefined;
  const entries = {
    usage: await readEntry(folder, 'memory'),
    swap: await readEntry(folder, 'memory.memsw'),
    kernel: await readEntry(folder, 'memory.kmem'),
    kernelTcp: await readEntry(folder, 'memory.kmem.tcp'),
  };
  const named = memoryV1StatNames.flatMap((name) => [
    [name, stat.get(kernelName(name))] as const,
    [`total${name.charAt(0).toUpperCase()}${name.slice(1)}`, stat.get(`total_${kernelName(name)}`)] as const,
  ]);
  return {
    ...known(Object.fromEntries(named)),
    ...known({
      hierarchicalMemoryLimit: stat.get('hierarchical_memory_limit'),
      hierarchicalSwapLimit: stat.get('hierarchical_memsw_limit'),
    }),
    ...(entries.usage && { usage: entries.usage }),
    ...(entries.swap && { swap: entries.swap }),
    ...(entries.kernel && { kernel: entries.kernel }),
    ...(entries.kernelTcp && { kernelTcp: entries.kernelTcp }),
  };
}

/** `rssHuge` is rss_huge, but the page counters are pgpgin, pgpgout, pgfault and pgmajfault. */
function kernelName(name: string): string {
  return name.startsWith('pg') ? name.toLowerCase() : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

async function readEntry(folder: string | undefined, prefix: string): Promise<MemoryEntry | undefined> {
  const usage = await readCounter(folder, `${prefix}.usage_in_bytes`);
  if (usage === undefined) return undefined;
  return {
    usage,
    limit: (await readCounter(folder, `${prefix}.limit_in_bytes`)) ?? noLimit,
    max: (await readCounter(folder, `${prefix}.max_usage_in_bytes`)) ?? 0n,
    failcnt: (await readCounter(folder, `${prefix}.failcnt`)) ?? 0n,
  };
}

/** Of either version: the files have the same names. */
export async function readPids(folder: string | undefined): Promise<PidsMetrics | undefined> {
  const current = await readCounter(folder, 'pids.current');
  if (current === undefined) return undefined;
  const limit = await readCounter(folder, 'pids.max');
  return { current, limit: limit === undefined || limit === noLimit ? 0n : limit };
}

async function readBlkio(folder: string | undefined): Promise<CgroupV1Metrics['blkio']> {
  const bytes = await readText(folder, 'blkio.throttle.io_service_bytes_recursive');
  const operations = await readText(folder, 'blkio.throttle.io_serviced_recursive');
  if (bytes === undefined || operations === undefined) return undefined;
  return { ioServiceBytesRecursive: parseBlkio(bytes), ioServicedRecursive: parseBlkio(operations) };
}

/** Lines `major:minor operation value`; the file's total has no device and is left out. */
export function parseBlkio(text: string): readonly BlkioEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, major, minor, op, value] = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line.trim()) ?? [];
    if (major === undefined || minor === undefined || op === undefined || value === undefined) return [];
    return [{ op, device: '', major: BigInt(major), minor: BigInt(minor), value: BigInt(value) }];
  });
}

async function readHugetlb(folder: string | undefined): Promise<readonly HugetlbV1[] | undefined> {
  if (folder === undefined) return undefined;
  const files = await readdir(folder).catch(() => []);
  const sizes = files.flatMap((file) => /^hugetlb\.([^.]+)\.usage_in_bytes$/.exec(file)?.[1] ?? []);
  return Promise.all(
    sizes.map(async (pagesize) => ({
      pagesize,
      usage: (await readCounter(folder, `hugetlb.${pagesize}.usage_in_bytes`)) ?? 0n,
      max: (await readCounter(folder, `hugetlb.${pagesize}.max_usage_in_bytes`)) ?? 0n,
      failcnt: (await readCounter(folder, `hugetlb.${pagesize}.failcnt`)) ?? 0n,
    })),
  );
}
