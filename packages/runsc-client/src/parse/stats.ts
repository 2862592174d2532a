import type {
  BlkioEntry,
  BlkioStats,
  CpuStats,
  HugetlbStats,
  MemoryEntry,
  MemoryStats,
  NetworkStats,
  RuntimeEvent,
  RuntimeStats,
} from '../stats.ts';
import {
  counterOrZero,
  expectArray,
  expectRecord,
  expectString,
  type JsonRecord,
  optional,
  unexpected,
} from './expect.ts';

/** One record of `events`, made by {@link parseExactJson}. */
export function parseEvent(value: unknown, path = 'event'): Exclude<RuntimeEvent, { type: 'invalid' }> {
  const record = expectRecord(value, path);
  const type = expectString(record['type'], `${path}.type`);
  const id = optional(record['id'], `${path}.id`, expectString) ?? '';
  if (type === 'oom') return { type, id };
  if (type !== 'stats') return { type: 'other', name: type, id, data: record['data'] };
  return { type, id, stats: parseStats(record['data'], `${path}.data`) };
}

/** What `events --stats` prints: one record, which has to be the statistics. */
export function parseStatsEvent(value: unknown, path = 'event'): RuntimeStats {
  const event = parseEvent(value, path);
  return event.type === 'stats' ? event.stats : unexpected(`${path}.type`, '"stats"', event.type);
}

function parseStats(value: unknown, path: string): RuntimeStats {
  const data = expectRecord(value, path);
  const child = (name: string): JsonRecord => optional(data[name], `${path}.${name}`, expectRecord) ?? {};
  const network = optional(data['network_interfaces'], `${path}.network_interfaces`, expectArray) ?? [];
  return {
    cpu: parseCpu(child('cpu'), `${path}.cpu`),
    memory: parseMemory(child('memory'), `${path}.memory`),
    pids: {
      current: counterOrZero(child('pids')['current'], `${path}.pids.current`),
      limit: counterOrZero(child('pids')['limit'], `${path}.pids.limit`),
    },
    blkio: parseBlkio(child('blkio'), `${path}.blkio`),
    hugetlb: Object.entries(child('hugetlb')).map((entry) => parseHugetlb(entry, `${path}.hugetlb`)),
    network: network.map((entry, index) => parseNetwork(entry, `${path}.network_interfaces[${index}]`)),
  };
}

function parseCpu(cpu: JsonRecord, path: string): CpuStats {
  const usage = optional(cpu['usage'], `${path}.usage`, expectRecord) ?? {};
  const throttling = optional(cpu['throttling'], `${path}.throttling`, expectRecord) ?? {};
  const perCpu = optional(usage['percpu'], `${path}.usage.percpu`, expectArray) ?? [];
  return {
    totalNs: counterOrZero(usage['total'], `${path}.usage.total`),
    kernelNs: counterOrZero(usage['kernel'], `${path}.usage.kernel`),
    userNs: counterOrZero(usage['user'], `${path}.usage.user`),
    perCpuNs: perCpu.map((value, index) => counterOrZero(value, `${path}.usage.percpu[${index}]`)),
    throttling: {
      periods: counterOrZero(throttling['periods'], `${path}.throttling.periods`),
      throttledPeriods: counterOrZero(throttling['throttledPeriods'], `${path}.throttling.throttledPeriods`),
      throttledNs: counterOrZero(throttling['throttledTime'], `${path}.throttling.throttledTime`),
    },
  };
}

function parseMemory(memory: JsonRecord, path: string): MemoryStats {
  const entry = (name: string): MemoryEntry => parseMemoryEntry(memory[name], `${path}.${name}`);
  const raw = Object.entries(optional(memory['raw'], `${path}.raw`, expectRecord) ?? {});
  return {
    cacheBytes: counterOrZero(memory['cache'], `${path}.cache`),
    usage: entry('usage'),
    swap: entry('swap'),
    kernel: entry('kernel'),
    kernelTcp: entry('kernelTCP'),
    raw: Object.fromEntries(raw.map(([name, value]) => [name, counterOrZero(value, `${path}.raw.${name}`)])),
  };
}

function parseMemoryEntry(value: unknown, path: string): MemoryEntry {
  const entry = optional(value, path, expectRecord) ?? {};
  return {
    limitBytes: counterOrZero(entry['limit'], `${path}.limit`),
    usageBytes: counterOrZero(entry['usage'], `${path}.usage`),
    maxBytes: counterOrZero(entry['max'], `${path}.max`),
    failures: counterOrZero(entry['failcnt'], `${path}.failcnt`),
  };
}

function parseHugetlb([pageSize, value]: [string, unknown], path: string): HugetlbStats {
  const { usageBytes, maxBytes, failures } = parseMemoryEntry(value, `${path}.${pageSize}`);
  return { pageSize, usageBytes, maxBytes, failures };
}

function parseBlkio(blkio: JsonRecord, path: string): BlkioStats {
  const list = (name: string): readonly BlkioEntry[] => {
    const entries = optional(blkio[name], `${path}.${name}`, expectArray) ?? [];
    return entries.map((entry, index) => parseBlkioEntry(entry, `${path}.${name}[${index}]`));
  };
  return {
    ioServiceBytes: list('ioServiceBytesRecursive'),
    ioServiced: list('ioServicedRecursive'),
    ioQueued: list('ioQueueRecursive'),
    ioServiceTimeNs: list('ioServiceTimeRecursive'),
    ioWaitTimeNs: list('ioWaitTimeRecursive'),
    ioMerged: list('ioMergedRecursive'),
    ioTimeMs: list('ioTimeRecursive'),
    sectors: list('sectorsRecursive'),
  };
}

function parseBlkioEntry(value: unknown, path: string): BlkioEntry {
  const entry = expectRecord(value, path);
  return {
    major: counterOrZero(entry['major'], `${path}.major`),
    minor: counterOrZero(entry['minor'], `${path}.minor`),
    operation: optional(entry['op'], `${path}.op`, expectString) ?? '',
    value: counterOrZero(entry['value'], `${path}.value`),
  };
}

function parseNetwork(value: unknown, path: string): NetworkStats {
  const entry = expectRecord(value, path);
  const counter = (name: string) => counterOrZero(entry[name], `${path}.${name}`);
  return {
    name: expectString(entry['Name'] ?? entry['name'], `${path}.Name`),
    rxBytes: counter('RxBytes'),
    rxPackets: counter('RxPackets'),
    rxErrors: counter('RxErrors'),
    rxDropped: counter('RxDropped'),
    txBytes: counter('TxBytes'),
    txPackets: counter('TxPackets'),
    txErrors: counter('TxErrors'),
    txDropped: counter('TxDropped'),
  };
}
