import { SandshimError, type Spawner, spawnCommand } from '@sandshim/runsc-client';
import { openPipedIo } from './open-piped-io.ts';
import { openTerminalIo } from './open-terminal-io.ts';
import type { OpenProcessIoOptions, ProcessIo } from './process-io.ts';
import type { Sys } from './sys/index.ts';

/** What process io stands on. */
export interface ProcessIoDeps {
  readonly sys: Sys;
  /** Starts logging programs; a program with a reaper hands in a spawner that the reaper knows of. Default: runsc-client's. */
  readonly spawn?: Spawner;
}

/**
 * Opens the io of one process, before its runtime command is started. When it throws, nothing stays open.
 * @throws SandshimError `invalid_argument` for endpoints that are none, `not_found` for a path that leads nowhere,
 * `failed_precondition` for a logging program that ends at once, `canceled`; SystemError
 */
export async function openProcessIo(options: OpenProcessIoOptions, deps: ProcessIoDeps): Promise<ProcessIo> {
  const { signal } = options;
  if (signal?.aborted) {
    throw new SandshimError('canceled', 'opening the io of a process was canceled', { cause: signal.reason });
  }
  const { sys, spawn = spawnCommand } = deps;
  return options.terminal ? openTerminalIo(options, { sys, spawn }) : openPipedIo(options, { sys, spawn });
}
