import { readdir, readFile } from 'node:fs/promises';
import type { Sys } from '@sandshim/io/sys';
import type { ContainerId, Pid, Runtime } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import { removeCgroup } from './cgroup/remove-cgroup.ts';
import type { ProcessExit } from './container.ts';
import { pause } from './lib/bounded.ts';
import { findPid, initPidFile } from './process/pid-file.ts';
import { signalProcess } from './process/signal-process.ts';
import { killedStatus } from './reaper/exit-status.ts';
import { rootfsOf, unmountBelow } from './rootfs/rootfs.ts';
import { loadState, type SavedState } from './saved-state.ts';
import { readSpec } from './spec/read-spec.ts';

export interface CleanUpOptions {
  readonly id: ContainerId;
  readonly sys: Pick<Sys, 'unmount'>;
  /** A client of the runtime that the bundle was made for; `undefined` for a bundle that tells of none. */
  readonly runtimeFor: (saved: SavedState | undefined) => Runtime | undefined;
  readonly onWarning?: (message: string, cause: unknown) => void;
  readonly now?: () => Date;
  /** Bound of the runtime's delete. Default 20 000. */
  readonly timeoutMs?: number;
}

/** What is left to say of a container whose shim is gone. */
export interface CleanedUp extends ProcessExit {
  readonly pid: Pid | undefined;
}

/**
 * Removes what a shim that died left of a container: the container itself, its sandbox's processes, its mounts. May be
 * called again, and with the bundle gone. What fails is a warning, so that the rest is still done.
 */
export async function cleanUpContainer(bundle: string, options: CleanUpOptions): Promise<CleanedUp> {
  const { id, sys, now = () => new Date(), timeoutMs = 20_000 } = options;
  const attempt = async (what: string, step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (cause) {
      options.onWarning?.(`${id}: ${what}: ${SandshimError.from(cause).message}`, cause);
    }
  };
  const pid = await findPid(initPidFile(bundle));
  await attempt('cannot remove the container', async () => {
    const saved = await loadState(bundle);
    const runtime = options.runtimeFor(saved);
    if (runtime === undefined) return;
    await removeContainer(runtime, id, timeoutMs);
    if (runtime.name === 'runsc') await killLeftovers(saved?.root, id);
  });
  await attempt('cannot remove the cgroup', async () => {
    const path = await cgroupsPathOf(bundle);
    if (path !== undefined) await removeCgroup(path, { id, kill: signalProcess });
  });
  await attempt('cannot unmount the rootfs', () => unmountBelow(rootfsOf(bundle), sys));
  return { pid, status: killedStatus, exitedAt: now() };
}

/** A bundle that is gone, or never was whole, names no cgroup. */
async function cgroupsPathOf(bundle: string): Promise<string | undefined> {
  const loaded = await readSpec(bundle).catch(() => undefined);
  return loaded?.spec.linux?.cgroupsPath;
}

async function removeContainer(runtime: Runtime, id: ContainerId, timeoutMs: number): Promise<void> {
  await runtime.delete(id, { force: true, timeoutMs }).catch((cause: unknown) => {
    if (SandshimError.from(cause).code !== 'not_found') throw cause;
  });
}

// A killed process needs a moment to go; what holds its mounts must be gone before they are unmounted.
const goneMs = { step: 20, steps: 100 };

/** Kills the processes of runsc that still work for `id` below `root`, and waits for them to be gone, for 2 s at most. */
async function killLeftovers(root: string | undefined, id: ContainerId): Promise<void> {
  if (root === undefined) return;
  for (let step = 0; step < goneMs.steps; step += 1) {
    const left = await processesOf(root, id);
    if (left.length === 0) return;
    for (const pid of left) signalProcess(pid, 9);
    await pause(goneMs.step);
  }
}

async function processesOf(root: string, id: ContainerId): Promise<readonly Pid[]> {
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const found: Pid[] = [];
  for (const pid of pids) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').filter(Boolean);
    if (isRunscProcessOf(argv, { root, id })) found.push(Number(pid) as Pid);
  }
  return found;
}

/** Whether a command line is of runsc's sandbox, gofer or exec for that container: they name their root, and the id last. */
export function isRunscProcessOf(argv: readonly string[], of: { readonly root: string; readonly id: string }): boolean {
  const [name] = argv;
  if (name !== 'runsc-sandbox' && name !== 'runsc-gofer' && name !== 'runsc-exec') return false;
  return argv.includes(`--root=${of.root}`) && argv.at(-1) === of.id;
}
