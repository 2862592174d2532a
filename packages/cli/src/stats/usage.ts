import { SandshimError } from '@sandshim/runsc-client';
import { type Any, anyTypeName, cgroupsV1, cgroupsV2, unpackAny } from '@sandshim/shim-server/api';

/** What a container has used up to a moment. Bytes and nanoseconds; `undefined` where the runtime does not tell. */
export interface Usage {
  readonly cpuNs: number;
  readonly memory: number;
  /** `undefined`: no limit. */
  readonly memoryLimit: number | undefined;
  readonly pids: number;
  readonly pidsLimit: number | undefined;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly receivedBytes: number | undefined;
  readonly sentBytes: number | undefined;
}

// cgroup v1 writes "no limit" as the largest multiple of a page, v2 as the largest number.
const unlimited = 2 ** 60;

/**
 * Reads the metrics of a shim's Stats answer, in either of containerd's two forms.
 * @throws SandshimError `unimplemented` for another form.
 */
export function readUsage(stats: Any): Usage {
  const v1 = unpackAny(cgroupsV1.Metrics, stats);
  if (v1 !== undefined) return fromV1(v1);
  const v2 = unpackAny(cgroupsV2.Metrics, stats);
  if (v2 !== undefined) return fromV2(v2);
  throw new SandshimError('unimplemented', `the shim's metrics are of an unknown kind: ${anyTypeName(stats)}`);
}

function fromV1({ cpu, memory, pids, blkio, network }: cgroupsV1.Metrics): Usage {
  const io = blkio?.ioServiceBytesRecursive ?? [];
  const bytesOf = (op: string): number =>
    total(io.filter((entry) => entry.op.toLowerCase() === op).map(({ value }) => value));
  return {
    cpuNs: Number(cpu?.usage?.total ?? 0n),
    // What the kernel could drop at once is not in use.
    memory: Math.max(0, Number((memory?.usage?.usage ?? 0n) - (memory?.totalInactiveFile ?? 0n))),
    memoryLimit: limit(memory?.usage?.limit),
    pids: Number(pids?.current ?? 0n),
    pidsLimit: limit(pids?.limit),
    readBytes: bytesOf('read'),
    writtenBytes: bytesOf('write'),
    ...networkOf(network),
  };
}

function fromV2({ cpu, memory, pids, io, network }: cgroupsV2.Metrics): Usage {
  return {
    cpuNs: Number(cpu?.usageUsec ?? 0n) * 1000,
    memory: Math.max(0, Number((memory?.usage ?? 0n) - (memory?.inactiveFile ?? 0n))),
    memoryLimit: limit(memory?.usageLimit),
    pids: Number(pids?.current ?? 0n),
    pidsLimit: limit(pids?.limit),
    readBytes: total(io?.usage.map(({ rbytes }) => rbytes) ?? []),
    writtenBytes: total(io?.usage.map(({ wbytes }) => wbytes) ?? []),
    ...networkOf(network),
  };
}

function networkOf(
  interfaces: readonly { readonly name: string; readonly rxBytes: bigint; readonly txBytes: bigint }[],
): Pick<Usage, 'receivedBytes' | 'sentBytes'> {
  const outside = interfaces.filter(({ name }) => name !== 'lo');
  if (interfaces.length === 0) return { receivedBytes: undefined, sentBytes: undefined };
  return {
    receivedBytes: total(outside.map(({ rxBytes }) => rxBytes)),
    sentBytes: total(outside.map(({ txBytes }) => txBytes)),
  };
}

/** Bytes in and out of a network namespace, by the kernel's `/proc/PID/net/dev`, without the loopback. */
export function parseNetDev(source: string): Pick<Usage, 'receivedBytes' | 'sentBytes'> {
  let receivedBytes = 0;
  let sentBytes = 0;
  for (const line of source.split('\n').slice(2)) {
    const [name, counters = ''] = line.split(':');
    if (name === undefined || name.trim() === '' || name.trim() === 'lo') continue;
    const columns = counters.trim().split(/\s+/);
    receivedBytes += Number(columns[0] ?? 0);
    sentBytes += Number(columns[8] ?? 0);
  }
  return { receivedBytes, sentBytes };
}

function limit(value: bigint | undefined): number | undefined {
  const number = Number(value ?? 0n);
  return number === 0 || number > unlimited ? undefined : number;
}

function total(values: readonly bigint[]): number {
  return Number(values.reduce((sum, value) => sum + value, 0n));
}
