import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Host } from '../host/host.ts';

/** A process that is a containerd shim, by its command line: of any project, and whoever started it. */
export interface ShimProcess {
  readonly pid: number;
  readonly name: string;
  readonly namespace: string;
  /** The container that it was started for; a pod's shim may have others. */
  readonly id: string;
  /** The engine's address, which also tells sandshim's own shims. */
  readonly engine: string;
  /** Proportional memory, in bytes. */
  readonly memory: number | undefined;
  readonly startedAt: Date | undefined;
  /** Sockets that it listens on. */
  readonly sockets: readonly string[];
}

/** Every shim on this machine. */
export async function findShims(host: Host): Promise<readonly ShimProcess[]> {
  const pids = (await host.list('/proc')).filter((name) => /^\d+$/.test(name));
  const candidates = await Promise.all(
    pids.map(async (pid) => {
      const parsed = parseShimCommand((await host.readText(`/proc/${pid}/cmdline`)) ?? '');
      return parsed === undefined ? undefined : { pid: Number(pid), ...parsed };
    }),
  );
  const listening = listeningSockets((await host.readText('/proc/net/unix')) ?? '');
  const bootTime = Number(/^btime (\d+)$/m.exec((await host.readText('/proc/stat')) ?? '')?.[1] ?? 0);
  return await Promise.all(
    candidates
      .filter((each) => each !== undefined)
      .map(async (each) => ({ ...each, ...(await details(host, each, { listening, bootTime })) })),
  );
}

type ShimCommand = Pick<ShimProcess, 'name' | 'namespace' | 'id' | 'engine'>;

/** Reads `containerd-shim-NAME -namespace NS -id ID -address ADDRESS`; `undefined` for anything else, and for its start and delete. */
export function parseShimCommand(cmdline: string): ShimCommand | undefined {
  // Arguments are separated by zero bytes, or by spaces where a process has renamed itself, which leaves zeros behind.
  const trimmed = cmdline.replace(/\0+$/, '');
  const argv = trimmed.split(trimmed.includes('\0') ? '\0' : ' ');
  const name = argv[0]?.split('/').at(-1) ?? '';
  if (!/^containerd-shim-.+-v\d+$/.test(name)) return undefined;
  const value = (flag: string): string =>
    argv[argv.findIndex((each) => each === `-${flag}` || each === `--${flag}`) + 1] ?? '';
  if (argv.at(-1) === 'start' || argv.at(-1) === 'delete' || !argv.includes('-namespace')) return undefined;
  return { name, namespace: value('namespace'), id: value('id'), engine: value('address') };
}

// The kernel's table of unix sockets: inode in the seventh column, path in the eighth; flags 00010000 listen.
function listeningSockets(table: string): ReadonlyMap<string, string> {
  const sockets = new Map<string, string>();
  for (const line of table.split('\n')) {
    const [, , , flags, , , inode, path] = line.trim().split(/\s+/);
    if (flags === '00010000' && inode !== undefined && path !== undefined) sockets.set(inode, path);
  }
  return sockets;
}

async function details(
  host: Host,
  shim: ShimCommand & Pick<ShimProcess, 'pid'>,
  { listening, bootTime }: { readonly listening: ReadonlyMap<string, string>; readonly bootTime: number },
): Promise<Pick<ShimProcess, 'memory' | 'startedAt' | 'sockets'>> {
  const { pid } = shim;
  const [rollup, stat, names] = await Promise.all([
    host.readText(`/proc/${pid}/smaps_rollup`),
    host.readText(`/proc/${pid}/stat`),
    host.list(`/proc/${pid}/fd`),
  ]);
  const targets = await Promise.all(names.map((fd) => host.linkTarget(`/proc/${pid}/fd/${fd}`)));
  const inodes = targets.map((target) => /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1] ?? '');
  const memory = /^Pss:\s+(\d+) kB/m.exec(rollup ?? '')?.[1];
  return {
    memory: memory === undefined ? undefined : Number(memory) * 1024,
    startedAt: startTime(stat ?? '', bootTime),
    sockets: inodes.flatMap((inode) => listening.get(inode) ?? []).map((path) => presentName(path, shim)),
  };
}

// The kernel tells by what name a socket was bound. Our own shims bind a hidden one and then give it its name, which is the hash of
// what every shim hashes.
function presentName(path: string, { engine, namespace, id }: ShimCommand): string {
  if (!basename(path).startsWith('.')) return path;
  return join(
    dirname(path),
    createHash('sha256')
      .update(join(engine, namespace, id))
      .digest('hex'),
  );
}

const ticksPerSecond = 100;

// The 22nd field counts ticks since the boot; the second is a name that may hold anything, so it is counted from its end.
function startTime(stat: string, bootTime: number): Date | undefined {
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined || bootTime === 0
    ? undefined
    : new Date((bootTime + Number(ticks) / ticksPerSecond) * 1000);
}
