import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { eventually } from '../eventually.ts';
import { removeCgroups } from '../leaks/cgroups.ts';
import { mountsUnder } from '../leaks/mounts.ts';
import { processesOf } from '../leaks/processes.ts';
import type { LeakScope } from '../leaks/scope.ts';
import { deadSockets } from '../leaks/sockets.ts';

interface Daemon {
  readonly folder: string;
  readonly scope: LeakScope;
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Ends a containerd and all that its tests have left, whatever state they are in; then removes its folder. */
export async function tearDown(daemon: Daemon): Promise<void> {
  const { folder, scope } = daemon;
  await daemon.stop();
  await eventually(
    async () => {
      const left = await processesOf(scope);
      for (const { pid } of left) kill(pid);
      return left.length === 0 ? true : undefined;
    },
    { what: `the processes of ${folder} to end`, timeoutMs: 15_000, everyMs: 50 },
  );
  for (const point of [...(await mountsUnder(folder))].reverse())
    await execa('umount', ['--lazy', point], { reject: false });
  await removeCgroups(scope.cgroupParent);
  for (const path of await deadSockets(scope)) await rm(path, { force: true });
  for (const root of scope.runtimeRoots) await rm(root, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the kill.
  }
}
