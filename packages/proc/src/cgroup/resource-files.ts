import { SandshimError } from '@sandshim/runsc-client';
import type { Controller } from './cgroup-of.ts';

/** One value to be written to one file of a cgroup. */
export interface CgroupWrite {
  readonly controller: Controller;
  readonly file: string;
  readonly value: string;
}

type Section = Readonly<Record<string, unknown>>;

/**
 * The files that OCI resources (runtime-spec, linux.resources) mean on a host of this cgroup version, in the order in
 * which the kernel takes them. Only what an update may change: memory, cpu, cpuset, pids, and `unified` on version 2.
 * @throws SandshimError `invalid_argument` that names the field whose type is wrong
 */
export function resourceFiles(resources: unknown, version: 1 | 2): readonly CgroupWrite[] {
  const all = section(resources, 'resources');
  const memory = section(all['memory'], 'memory');
  const cpu = section(all['cpu'], 'cpu');
  const pids = section(all['pids'], 'pids');
  const numbers = {
    limit: number(memory['limit'], 'memory.limit'),
    swap: number(memory['swap'], 'memory.swap'),
    reservation: number(memory['reservation'], 'memory.reservation'),
    shares: number(cpu['shares'], 'cpu.shares'),
    quota: number(cpu['quota'], 'cpu.quota'),
    period: number(cpu['period'], 'cpu.period'),
    pids: number(pids['limit'], 'pids.limit'),
  };
  const sets = { cpus: text(cpu['cpus'], 'cpu.cpus'), mems: text(cpu['mems'], 'cpu.mems') };
  return version === 1 ? v1Files(numbers, sets) : v2Files(numbers, sets, section(all['unified'], 'unified'));
}

type Numbers = Readonly<
  Record<'limit' | 'swap' | 'reservation' | 'shares' | 'quota' | 'period' | 'pids', number | undefined>
>;
type Sets = Readonly<Record<'cpus' | 'mems', string | undefined>>;

function v1Files(of: Numbers, sets: Sets): readonly CgroupWrite[] {
  return [
    ...write('memory', 'memory.limit_in_bytes', of.limit),
    ...write('memory', 'memory.memsw.limit_in_bytes', of.swap),
    ...write('memory', 'memory.soft_limit_in_bytes', of.reservation),
    ...write('cpu', 'cpu.shares', of.shares),
    ...write('cpu', 'cpu.cfs_period_us', of.period),
    ...write('cpu', 'cpu.cfs_quota_us', of.quota),
    ...write('cpuset', 'cpuset.cpus', sets.cpus),
    ...write('cpuset', 'cpuset.mems', sets.mems),
    ...write('pids', 'pids.max', of.pids === undefined ? undefined : orMax(of.pids)),
  ];
}

function v2Files(of: Numbers, sets: Sets, unified: Section): readonly CgroupWrite[] {
  // Version 2 counts swap apart, the OCI spec together with memory.
  const swap = of.swap === undefined || of.swap < 0 ? of.swap : of.swap - (of.limit ?? 0);
  const bandwidth =
    of.quota === undefined && of.period === undefined ? undefined : `${orMax(of.quota ?? -1)} ${of.period ?? 100_000}`;
  return [
    ...write('memory', 'memory.max', of.limit === undefined ? undefined : orMax(of.limit)),
    ...write('memory', 'memory.swap.max', swap === undefined ? undefined : orMax(swap)),
    ...write('memory', 'memory.low', of.reservation),
    ...write('cpu', 'cpu.weight', of.shares === undefined ? undefined : weightOf(of.shares)),
    ...write('cpu', 'cpu.max', bandwidth),
    ...write('cpuset', 'cpuset.cpus', sets.cpus),
    ...write('cpuset', 'cpuset.mems', sets.mems),
    ...write('pids', 'pids.max', of.pids === undefined ? undefined : orMax(of.pids)),
    ...Object.entries(unified).flatMap(([file, value]) => {
      if (!/^[a-z0-9_]+\.[a-z0-9_.]+$/i.test(file)) throw invalid(`unified[${JSON.stringify(file)}]`, 'a cgroup file');
      return write('memory', file, text(value, `unified[${JSON.stringify(file)}]`));
    }),
  ];
}

/** cpu.shares, 2 to 262144, as cpu.weight, 1 to 10000: the conversion that OCI runtimes agree on. */
function weightOf(shares: number): number {
  return 1 + Math.floor(((Math.max(2, shares) - 2) * 9999) / 262_142);
}

function write(controller: Controller, file: string, value: number | string | undefined): readonly CgroupWrite[] {
  // 0 and the empty string mean "leave as it is", as kubelets send them.
  return value === undefined || value === 0 || value === '' ? [] : [{ controller, file, value: String(value) }];
}

function orMax(value: number): number | string {
  return value < 0 ? 'max' : value;
}

function section(value: unknown, field: string): Section {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Section;
  throw invalid(field, 'an object');
}

function number(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw invalid(field, 'a whole number');
}

function text(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(field, 'a string');
}

function invalid(field: string, what: string): SandshimError {
  return new SandshimError('invalid_argument', `${field} is not ${what}`);
}
