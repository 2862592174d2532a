import type { SavedState } from '@sandshim/proc';
import type { Runtime, Spawner } from '@sandshim/runsc-client';
import { ControlledRuntime, type SandboxVersions } from '@sandshim/runsc-client/control';
import type { ShimHost } from '../bootstrap/program.ts';

export interface ControlSetup {
  readonly host: Pick<ShimHost, 'config' | 'sys' | 'logger'>;
  readonly saved: SavedState;
  readonly spawner: Spawner;
  /** One for all containers of the shim. */
  readonly versions: SandboxVersions;
}

/** A runsc whose running sandbox is asked on its own socket, where the configuration and its version allow it. */
export function controlled(runtime: Runtime, { host, saved, spawner, versions }: ControlSetup): Runtime {
  if (saved.runtime !== 'runsc' || host.config.runtimeControl === 'off') return runtime;
  const flags = Object.entries(saved.flags ?? {}).map(([name, value]) => [name, switchOf(value) ?? value]);
  return new ControlledRuntime(runtime, {
    globals: { root: saved.root, flags: Object.fromEntries(flags) },
    ...{ spawner, versions },
    sender: host.sys,
    onCommand: ({ verb, container, reason }) => {
      host.logger.log('debug', `runsc's command line is used for ${verb}: ${reason}`, { id: container });
    },
  });
}

/** A flag of a TOML file is text; what Go's flag package takes for a switch is one here. */
function switchOf(value: string): boolean | undefined {
  if (/^(?:1|t|true)$/i.test(value)) return true;
  return /^(?:0|f|false)$/i.test(value) ? false : undefined;
}
