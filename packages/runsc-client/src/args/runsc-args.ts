import { resolve } from 'node:path';
import type { CheckpointOptions, CreateOptions, ExecOptions, RestoreOptions } from '../runtime.ts';
import { flag, joined, option, pathOption } from './flags.ts';
import type { RunscFlags } from './runsc-flags.ts';

/** runsc's options before the subcommand. */
export interface RunscGlobals {
  readonly root?: string;
  readonly log?: string;
  readonly logFormat?: 'text' | 'json' | 'json-k8s';
  /** File for what a crashing sandbox prints. */
  readonly panicLog?: string;
  readonly debug?: boolean;
  /** Path of the debug logs; %ID%, %TIMESTAMP% and %COMMAND% are replaced, a trailing / is: a file for each command. */
  readonly debugLog?: string;
  readonly flags?: RunscFlags;
  readonly extraGlobals?: readonly string[];
}

export function runscGlobals(options: RunscGlobals): readonly string[] {
  return [
    ...joined('--root', options.root),
    ...joined('--log', options.log),
    ...joined('--log-format', options.logFormat),
    ...joined('--panic-log', options.panicLog),
    ...flag('--debug', options.debug),
    ...joined('--debug-log', options.debugLog),
    ...Object.entries(options.flags ?? {}).flatMap(([name, value]) => joined(`--${name}`, value)),
    ...(options.extraGlobals ?? []),
  ];
}

/** What `create`, `run` and `restore` share. */
export function runscCreateArgs(options: CreateOptions): readonly string[] {
  return [
    '--bundle',
    resolve(options.bundle),
    ...pathOption('--pid-file', options.pidFile),
    ...option('--console-socket', options.consoleSocket),
    ...pathOption('--user-log', options.userLog),
    ...(options.extraArgs ?? []),
  ];
}

export function runscExecArgs(options: ExecOptions, processFile: string): readonly string[] {
  return [
    '--process',
    processFile,
    ...option('--console-socket', options.consoleSocket),
    ...flag('--detach', options.detach),
    ...pathOption('--pid-file', options.pidFile),
    ...pathOption('--internal-pid-file', options.internalPidFile),
    ...(options.extraArgs ?? []),
  ];
}

export function runscCheckpointArgs(options: CheckpointOptions): readonly string[] {
  return [
    ...joined('--image-path', resolve(options.imagePath)),
    ...flag('--leave-running', options.leaveRunning),
    ...flag('--direct', options.direct),
    ...joined('--compression', options.compression),
    ...flag('--exclude-committed-zero-pages', options.excludeCommittedZeroPages),
    ...joined('--work-path', options.workPath),
    ...(options.extraArgs ?? []),
  ];
}

export function runscRestoreArgs(options: RestoreOptions): readonly string[] {
  return [
    ...joined('--image-path', resolve(options.imagePath)),
    ...flag('--detach', options.detach),
    ...flag('--direct', options.direct),
    ...flag('--background', options.background),
    ...joined('--work-path', options.workPath),
    ...runscCreateArgs(options),
  ];
}
