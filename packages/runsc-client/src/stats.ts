/** Counters are whole numbers up to 2^64 - 1, and "no limit" often is a number near the greatest: hence bigint. */
export type Counter = bigint;

/** What `events --stats` tells about a container; a counter that the runtime leaves out is 0. */
export interface RuntimeStats {
  readonly cpu: CpuStats;
  readonly memory: MemoryStats;
  readonly pids: PidsStats;
  /** runc on cgroup v1 alone. */
  readonly blkio: BlkioStats;
  readonly hugetlb: readonly HugetlbStats[];
  readonly network: readonly NetworkStats[];
}

/** CPU times in nanoseconds. runsc tells the sandbox's, or the container's share of it, by its version. */
export interface CpuStats {
  readonly totalNs: Counter;
  readonly kernelNs: Counter;
  readonly userNs: Counter;
  readonly perCpuNs: readonly Counter[];
  readonly throttling: {
    readonly periods: Counter;
    readonly throttledPeriods: Counter;
    readonly throttledNs: Counter;
  };
}

export interface MemoryStats {
  readonly cacheBytes: Counter;
  readonly usage: MemoryEntry;
  readonly swap: MemoryEntry;
  readonly kernel: MemoryEntry;
  readonly kernelTcp: MemoryEntry;
  /** The lines of memory.stat, by the kernel's names: bytes, pages or events, as the kernel documents each. */
  readonly raw: Readonly<Record<string, Counter>>;
}

export interface MemoryEntry {
  readonly limitBytes: Counter;
  readonly usageBytes: Counter;
  readonly maxBytes: Counter;
  /** How often the limit was reached. */
  readonly failures: Counter;
}

export interface PidsStats {
  readonly current: Counter;
  /** 0: no limit. */
  readonly limit: Counter;
}

export interface HugetlbStats {
  /** As the kernel names it, as in `2MB`. */
  readonly pageSize: string;
  readonly usageBytes: Counter;
  readonly maxBytes: Counter;
  readonly failures: Counter;
}

export interface BlkioEntry {
  readonly major: Counter;
  readonly minor: Counter;
  /** Read, Write, Sync, Async, Discard, Total; empty where the kernel does not tell them apart. */
  readonly operation: string;
  readonly value: Counter;
}

/** Per device and operation: bytes, requests, nanoseconds, milliseconds (`time`) or sectors. */
export interface BlkioStats {
  readonly ioServiceBytes: readonly BlkioEntry[];
  readonly ioServiced: readonly BlkioEntry[];
  readonly ioQueued: readonly BlkioEntry[];
  readonly ioServiceTimeNs: readonly BlkioEntry[];
  readonly ioWaitTimeNs: readonly BlkioEntry[];
  readonly ioMerged: readonly BlkioEntry[];
  readonly ioTimeMs: readonly BlkioEntry[];
  readonly sectors: readonly BlkioEntry[];
}

export interface NetworkStats {
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

/** One record of `events`. */
export type RuntimeEvent =
  | { readonly type: 'stats'; readonly id: string; readonly stats: RuntimeStats }
  | { readonly type: 'oom'; readonly id: string }
  /** A kind that this version of the package does not know. */
  | { readonly type: 'other'; readonly id: string; readonly name: string; readonly data: unknown }
  /** A record that is not what a runtime has to print; the stream goes on. */
  | { readonly type: 'invalid'; readonly message: string };
