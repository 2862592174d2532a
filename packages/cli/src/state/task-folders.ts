import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { parseShimAddress, type ShimAddress } from './shim-address.ts';

/** Who made a task: containerd, or sandshim without a daemon. */
export type Origin = 'containerd' | 'sandshim';

/** A state folder that may hold tasks. */
export interface StateFolder {
  readonly folder: string;
  readonly origin: Origin;
}

/** A task as its bundle shows it, whether its shim lives or not. */
export interface TaskFolder {
  readonly namespace: string;
  readonly id: string;
  readonly origin: Origin;
  readonly bundle: string;
  /** Absent until the shim has been started, and when it cannot be read. */
  readonly address: ShimAddress | undefined;
}

/** containerd's folder for tasks of runtime v2, in its state folder; sandshim keeps the same layout. */
export const taskLayout = 'io.containerd.runtime.v2.task';

/**
 * Every task below the given state folders, sorted by namespace and id. Reads folders only: it needs no daemon, and a dead
 * shim's task is found too. Hidden folders are bundles that are being removed.
 */
export async function findTaskFolders(
  host: Host,
  options: { readonly states: readonly StateFolder[]; readonly namespace?: string | undefined },
): Promise<readonly TaskFolder[]> {
  const perState = await Promise.all(options.states.map((state) => tasksOfState(host, state, options.namespace)));
  return perState.flat().sort((a, b) => compare(a.namespace, b.namespace) || compare(a.id, b.id));
}

async function tasksOfState(
  host: Host,
  state: StateFolder,
  namespace: string | undefined,
): Promise<readonly TaskFolder[]> {
  const base = join(state.folder, taskLayout);
  const namespaces = namespace === undefined ? await visible(host, base) : [namespace];
  const perNamespace = namespaces.map(async (name) =>
    Promise.all(
      (await visible(host, join(base, name))).map(async (id): Promise<TaskFolder> => {
        const bundle = join(base, name, id);
        return { namespace: name, id, origin: state.origin, bundle, address: await readShimAddress(host, bundle) };
      }),
    ),
  );
  return (await Promise.all(perNamespace)).flat();
}

/** The address that a bundle names: bootstrap.json (containerd 2.x) before `address`. */
export async function readShimAddress(host: Host, bundle: string): Promise<ShimAddress | undefined> {
  for (const name of ['bootstrap.json', 'address']) {
    const source = await host.readText(join(bundle, name));
    if (source === undefined || source.trim() === '') continue;
    try {
      return parseShimAddress(source);
    } catch {
      // Half-written or foreign: as good as none, the other file may still be right.
    }
  }
  return undefined;
}

async function visible(host: Host, folder: string): Promise<readonly string[]> {
  return (await host.list(folder)).filter((name) => !name.startsWith('.'));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
