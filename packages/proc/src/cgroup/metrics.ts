/** A cgroup's counters, in the shape of containerd's metrics messages: a field that the kernel does not tell is absent. */
export type ContainerMetrics =
  | { readonly version: 1; readonly metrics: CgroupV1Metrics }
  | { readonly version: 2; readonly metrics: CgroupV2Metrics };

/** Counters are whole numbers up to 2^64 - 1 ("no limit" often is the greatest), hence bigint. */
export type Counter = bigint;

export interface NetworkMetrics {
  readonly name: string;
  readonly rxBytes: Counter;
  readonly rxPackets: Counter;
  readonly rxErrors: Counter;
  readonly rxDropped: Counter;
  readonly txBytes: Counter;
  readonly txPackets: Counter;
  readonly txErrors: Counter;
  readonly txDropped: Counter;
}

/** `io.containerd.cgroups.v1.Metrics`. CPU times in nanoseconds, memory in bytes. */
export interface CgroupV1Metrics {
  readonly hugetlb?: readonly HugetlbV1[];
  readonly pids?: PidsMetrics;
  readonly cpu?: CpuV1;
  readonly memory?: MemoryV1;
  readonly blkio?: BlkioV1;
  readonly network?: readonly NetworkMetrics[];
  readonly memoryOomControl?: MemoryOomControl;
}

export interface PidsMetrics {
  readonly current: Counter;
  /** 0: no limit. */
  readonly limit: Counter;
}

export interface HugetlbV1 {
  readonly usage: Counter;
  readonly max: Counter;
  readonly failcnt: Counter;
  readonly pagesize: string;
}

export interface CpuV1 {
  readonly usage: {
    readonly total: Counter;
    readonly kernel: Counter;
    readonly user: Counter;
    readonly perCpu: readonly Counter[];
  };
  readonly throttling?: {
    readonly periods: Counter;
    readonly throttledPeriods: Counter;
    readonly throttledTime: Counter;
  };
}

export interface MemoryEntry {
  readonly limit: Counter;
  readonly usage: Counter;
  readonly max: Counter;
  readonly failcnt: Counter;
}

/** The names of memory.stat in version 1, in the order of the message's fields 1 to 15; 18 to 32 are their totals. */
export const memoryV1StatNames = [
  'cache',
  'rss',
  'rssHuge',
  'mappedFile',
  'dirty',
  'writeback',
  'pgPgIn',
  'pgPgOut',
  'pgFault',
  'pgMajFault',
  'inactiveAnon',
  'activeAnon',
  'inactiveFile',
  'activeFile',
  'unevictable',
] as const;

export type MemoryV1StatName = (typeof memoryV1StatNames)[number];
export type MemoryV1TotalName = `total${Capitalize<MemoryV1StatName>}`;

export type MemoryV1 = { readonly [Name in MemoryV1StatName | MemoryV1TotalName]?: Counter } & {
  readonly hierarchicalMemoryLimit?: Counter;
  readonly hierarchicalSwapLimit?: Counter;
  readonly usage?: MemoryEntry;
  readonly swap?: MemoryEntry;
  readonly kernel?: MemoryEntry;
  readonly kernelTcp?: MemoryEntry;
};

export interface BlkioEntry {
  readonly op: string;
  readonly device: string;
  readonly major: Counter;
  readonly minor: Counter;
  readonly value: Counter;
}

export interface BlkioV1 {
  readonly ioServiceBytesRecursive: readonly BlkioEntry[];
  readonly ioServicedRecursive: readonly BlkioEntry[];
}

export interface MemoryOomControl {
  readonly oomKillDisable: Counter;
  readonly underOom: Counter;
  readonly oomKill: Counter;
}

/** `io.containerd.cgroups.v2.Metrics`. CPU times in microseconds, memory in bytes. */
export interface CgroupV2Metrics {
  readonly pids?: PidsMetrics;
  readonly cpu?: CpuV2;
  readonly memory?: MemoryV2;
  readonly io?: { readonly usage: readonly IoV2Entry[] };
  readonly hugetlb?: readonly HugetlbV2[];
  readonly memoryEvents?: MemoryEventsV2;
  readonly network?: readonly NetworkMetrics[];
}

export interface CpuV2 {
  readonly usageUsec: Counter;
  readonly userUsec: Counter;
  readonly systemUsec: Counter;
  readonly nrPeriods?: Counter;
  readonly nrThrottled?: Counter;
  readonly throttledUsec?: Counter;
  readonly nrBursts?: Counter;
  readonly burstUsec?: Counter;
}

/** The names of memory.stat in version 2, in the order of the message's fields 1 to 31. */
export const memoryV2StatNames = [
  'anon',
  'file',
  'kernelStack',
  'slab',
  'sock',
  'shmem',
  'fileMapped',
  'fileDirty',
  'fileWriteback',
  'anonThp',
  'inactiveAnon',
  'activeAnon',
  'inactiveFile',
  'activeFile',
  'unevictable',
  'slabReclaimable',
  'slabUnreclaimable',
  'pgfault',
  'pgmajfault',
  'workingsetRefault',
  'workingsetActivate',
  'workingsetNodereclaim',
  'pgrefill',
  'pgscan',
  'pgsteal',
  'pgactivate',
  'pgdeactivate',
  'pglazyfree',
  'pglazyfreed',
  'thpFaultAlloc',
  'thpCollapseAlloc',
] as const;

export type MemoryV2StatName = (typeof memoryV2StatNames)[number];

export type MemoryV2 = { readonly [Name in MemoryV2StatName]?: Counter } & {
  readonly usage?: Counter;
  readonly usageLimit?: Counter;
  readonly swapUsage?: Counter;
  readonly swapLimit?: Counter;
  readonly maxUsage?: Counter;
  readonly swapMaxUsage?: Counter;
};

export interface IoV2Entry {
  readonly major: Counter;
  readonly minor: Counter;
  readonly rbytes: Counter;
  readonly wbytes: Counter;
  readonly rios: Counter;
  readonly wios: Counter;
}

export interface HugetlbV2 {
  readonly current: Counter;
  readonly max: Counter;
  readonly pagesize: string;
  readonly failcnt: Counter;
}

export interface MemoryEventsV2 {
  readonly low: Counter;
  readonly high: Counter;
  readonly max: Counter;
  readonly oom: Counter;
  readonly oomKill: Counter;
  readonly oomGroupKill: Counter;
}
