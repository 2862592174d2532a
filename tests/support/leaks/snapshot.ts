import { eventually } from '../eventually.ts';
import { cgroupsUnder } from './cgroups.ts';
import { bundlesOf, runtimeStateOf, taskFilesOpenIn } from './files.ts';
import { mountsUnder } from './mounts.ts';
import { processesOf } from './processes.ts';
import type { LeakScope } from './scope.ts';
import { deadSockets } from './sockets.ts';

/** What there is at one moment, kind by kind, each thing by a name that a person can look up. */
export type LeakSnapshot = Readonly<Record<string, readonly string[]>>;

/** Looks at everything that the tests of one containerd can leave behind. */
export async function takeSnapshot(scope: LeakScope): Promise<LeakSnapshot> {
  return {
    process: (await processesOf(scope)).map(({ pid, command }) => `${pid} ${command}`),
    mount: await mountsUnder(scope.folder),
    'dead socket': await deadSockets(scope),
    cgroup: await cgroupsUnder(scope.cgroupParent),
    bundle: await bundlesOf(scope),
    'runtime state': await runtimeStateOf(scope),
    'descriptor of containerd': await taskFilesOpenIn(scope.daemonPid),
  };
}

/** What is there after and was not before: one line per thing. A thing that is there twice counts twice. */
export function leaksBetween(before: LeakSnapshot, after: LeakSnapshot): readonly string[] {
  return Object.entries(after).flatMap(([kind, things]) => {
    const known = [...(before[kind] ?? [])];
    return things
      .filter((thing) => {
        const at = known.indexOf(thing);
        if (at >= 0) known.splice(at, 1);
        return at < 0;
      })
      .map((thing) => `${kind}: ${thing}`);
  });
}

/** Waits until nothing is there that was not before. Throws the list of what stays. */
export async function expectNoLeaks(scope: LeakScope, before: LeakSnapshot): Promise<void> {
  let leaks: readonly string[] = [];
  const clean = async (): Promise<true | undefined> => {
    leaks = leaksBetween(before, await takeSnapshot(scope));
    return leaks.length === 0 ? true : undefined;
  };
  // A shim ends after its last answer; one that is not told to, a grace of ten seconds later.
  await eventually(clean, { what: 'nothing to be left', timeoutMs: 30_000, everyMs: 100 }).catch((error: unknown) => {
    throw new Error(`left behind:\n  ${leaks.join('\n  ')}`, { cause: error });
  });
}
