import { SandshimError } from '@sandshim/runsc-client';
import type { Cli } from '../program/cli.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';
import type { ShimProcess } from './find-shims.ts';

/** What a shim says of itself, and whether anybody still needs it. */
export interface ExaminedShim {
  readonly shim: ShimProcess;
  readonly version: 2 | 3 | undefined;
  readonly containers: readonly string[];
  /** Why nobody needs it any more; `undefined` for one that is in use. */
  readonly leak: string | undefined;
  /** How it can be reached; `undefined` when it cannot. */
  readonly task: TaskFolder | undefined;
}

// A shim is started before its container is created in it.
const youngMs = 30_000;

/**
 * A shim leaks when nobody can reach it, or it has no container, or its container's bundle is gone, so that no engine will ever ask for it.
 * `tasks` are those of the state folders that are known.
 */
export async function examineShim(cli: Cli, shim: ShimProcess, tasks: readonly TaskFolder[]): Promise<ExaminedShim> {
  const known = tasks.filter(({ address }) => address !== undefined && shim.sockets.includes(address.socket));
  const task = await reachable(cli, shim, known);
  if (task === undefined) {
    return { shim, version: undefined, containers: [], leak: 'nothing answers on its socket', task };
  }
  const client = await connectTask(task).catch(() => undefined);
  if (client === undefined) return { shim, version: undefined, containers: [], leak: 'it does not answer', task };
  await using connected = client;
  const bundle = await bundleOf(connected, shim.id);
  const names = new Set(known.map(({ id }) => id));
  if (bundle !== undefined) names.add(shim.id);
  const containers = [...names];
  const version = connected.version;
  return { shim, version, containers, leak: await leakOf(cli, { shim, bundle, containers }), task };
}

async function reachable(cli: Cli, shim: ShimProcess, known: readonly TaskFolder[]): Promise<TaskFolder | undefined> {
  const [first] = known;
  if (first !== undefined) return { ...first, id: shim.id };
  for (const socket of shim.sockets) {
    if (!(await cli.host.accepts(socket))) continue;
    const address = { socket, protocol: 'ttrpc', version: 3 } as const;
    return { namespace: shim.namespace, id: shim.id, origin: 'containerd', bundle: '', address };
  }
  return undefined;
}

async function bundleOf({ rpc }: TaskClient, id: string): Promise<string | undefined> {
  try {
    return (await rpc.state({ id, execId: '' }, { timeoutMs: 3000 })).bundle;
  } catch (error) {
    if (SandshimError.is(error)) return undefined;
    throw error;
  }
}

async function leakOf(
  cli: Cli,
  facts: { readonly shim: ShimProcess; readonly bundle: string | undefined; readonly containers: readonly string[] },
): Promise<string | undefined> {
  const { shim, bundle, containers } = facts;
  if (containers.length === 0) {
    const ageMs = cli.now().getTime() - (shim.startedAt?.getTime() ?? 0);
    return ageMs < youngMs ? undefined : 'it has no container';
  }
  if (bundle === undefined || (await cli.host.info(bundle)) !== undefined) return undefined;
  return `the bundle of ${shim.id} is gone`;
}
