import { dirname } from 'node:path';
import { text } from '../program/options.ts';
import type { StateFolder } from './task-folders.ts';

/** Where containerd and sandshim keep their state, by options and environment. */
export interface Locations {
  readonly containerdSocket: string;
  readonly state: string;
  readonly root: string;
}

const defaultSocket = '/run/containerd/containerd.sock';
const defaultRoot = '/run/sandshim';

/** `--address`, `--state` and `--root`, their environment variables, and their defaults, in this order. */
export function resolveLocations(
  env: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, unknown>>,
): Locations {
  const containerdSocket = stripScheme(text(options, 'address') ?? env['CONTAINERD_ADDRESS'] ?? defaultSocket);
  return {
    containerdSocket,
    state: text(options, 'state') ?? dirname(containerdSocket),
    root: text(options, 'root') ?? env['SANDSHIM_ROOT'] ?? defaultRoot,
  };
}

/** Both state folders, as {@link findTaskFolders} takes them; one that serves as both is sandshim's. */
export function stateFolders({ state, root }: Locations): readonly StateFolder[] {
  const own: StateFolder = { folder: root, origin: 'sandshim' };
  return state === root ? [own] : [{ folder: state, origin: 'containerd' }, own];
}

function stripScheme(address: string): string {
  return address.startsWith('unix://') ? address.slice('unix://'.length) : address;
}
