import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SavedState } from '@sandshim/proc';
import { type ClientOptions, type ContainerId, Runc, Runsc, type Runtime } from '@sandshim/runsc-client';
import type { RuntimeOptions } from '../options/runtime-options.ts';

// Flags of runsc that name files; runsc makes the files, not their folders.
const pathFlags = new Set([
  'log',
  'panic-log',
  'debug-log',
  'coverage-report',
  'profile-block',
  'profile-cpu',
  'profile-heap',
  'profile-mutex',
  'trace',
]);

/** A container's options as its runtime needs them. Containers of different namespaces are kept apart, as everywhere. */
export function runtimeState(
  options: RuntimeOptions,
  { id, namespace }: { readonly id: ContainerId; readonly namespace: string },
): SavedState {
  const { runtime, binaryName: binary, systemdCgroup, runscConfig } = options;
  const root = join(options.root, namespace);
  if (runtime === 'runc') return { runtime, binary, root, systemdCgroup };
  const flags = Object.entries(runscConfig).map(([name, value]) => [
    name,
    pathFlags.has(name) ? withId(value, id) : value,
  ]);
  return {
    runtime,
    binary,
    root,
    flags: { ...(systemdCgroup && { 'systemd-cgroup': 'true' }), ...Object.fromEntries(flags) },
  };
}

export interface RuntimeClientSetup extends ClientOptions {
  readonly bundle: string;
  /** runsc: where a sandbox that panics says so, unless a flag does. */
  readonly panicLog?: string | undefined;
}

/** The client of a container's runtime. */
export function makeRuntime(state: SavedState, { bundle, panicLog, ...client }: RuntimeClientSetup): Runtime {
  const { binary: command, root, systemdCgroup = false } = state;
  // Of a bundle that is gone the runtime still knows the container, but cannot log there.
  const logging = existsSync(bundle) ? { log: join(bundle, 'log.json') } : {};
  if (state.runtime === 'runc') return new Runc({ ...client, ...logging, command, root, systemdCgroup });
  // The log has to be one that we can read: without it a failure has no reason.
  const { log, 'log-format': _, ...flags } = state.flags ?? {};
  return new Runsc({
    ...client,
    ...(log === undefined ? logging : { log }),
    ...{ command, root, logFormat: 'json', flags },
    ...(panicLog === undefined || flags['panic-log'] !== undefined ? {} : { panicLog }),
  });
}

/** Makes the folders of the files that runsc's flags name. */
export function makeFlagFolders({ flags = {} }: SavedState): void {
  for (const [name, path] of Object.entries(flags)) {
    if (pathFlags.has(name)) mkdirSync(path.endsWith('/') ? path : dirname(path), { recursive: true });
  }
}

function withId(path: string, id: ContainerId): string {
  return path.replaceAll('%ID%', id);
}
