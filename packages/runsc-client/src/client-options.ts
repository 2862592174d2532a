import type { CommandSetup } from './run-command.ts';
import { spawnCommand } from './spawn-command.ts';
import type { Spawner } from './spawner.ts';

/** What the options of both clients share: how the commands are run. */
export interface ClientOptions {
  /** The runtime's path, or its name to be found in PATH. */
  readonly command?: string;
  /** Starts the commands; by default {@link spawnCommand}. */
  readonly spawner?: Spawner;
  /** The whole environment of the commands; by default this process's own, without NOTIFY_SOCKET. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory of the commands. */
  readonly cwd?: string;
  /**
   * The kernel kills a running command when the thread that started it ends; containers live on. Costs one more exec per
   * command (`setpriv` of util-linux).
   */
  readonly killWithParent?: boolean;
  /** Bound of each call that brings none of its own and does not last as long as a process (run, exec, wait, events). */
  readonly timeoutMs?: number;
  /** Bytes of stdout that are kept of one command. Default 16 MiB. */
  readonly maxCaptureBytes?: number;
}

const defaultCaptureBytes = 16 * 1_024 * 1_024;

/** How a client with these options runs its commands. */
export function commandSetup(
  name: 'runsc' | 'runc',
  options: ClientOptions & { readonly log?: string },
  globals: CommandSetup['globals'],
): CommandSetup {
  return {
    name,
    command: options.command ?? name,
    globals,
    spawner: options.spawner ?? spawnCommand,
    // systemd's socket is for this process: a runtime must not tell systemd that it is ready.
    env: options.env ?? environmentWithout('NOTIFY_SOCKET'),
    maxCaptureBytes: options.maxCaptureBytes ?? defaultCaptureBytes,
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.killWithParent === true ? { pdeathsig: 'KILL' } : {}),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
}

function environmentWithout(name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([key]) => key !== name));
}
