import { resolve } from 'node:path';
import type { CheckpointOptions, CreateOptions, ExecOptions, RestoreOptions } from '../runtime.ts';
import { flag, joined, option, pathOption } from './flags.ts';

/** runc's options before the subcommand. */
export interface RuncGlobals {
  readonly root?: string;
  readonly debug?: boolean;
  readonly log?: string;
  readonly logFormat?: 'text' | 'json';
  /** Path of criu; for checkpoint and restore. */
  readonly criu?: string;
  readonly systemdCgroup?: boolean;
  /** Absent: runc finds out. */
  readonly rootless?: boolean;
  readonly extraGlobals?: readonly string[];
}

export function runcGlobals(options: RuncGlobals): readonly string[] {
  return [
    ...option('--root', options.root),
    ...flag('--debug', options.debug),
    ...option('--log', options.log),
    ...option('--log-format', options.logFormat),
    ...option('--criu', options.criu),
    ...flag('--systemd-cgroup', options.systemdCgroup),
    ...joined('--rootless', options.rootless),
    ...(options.extraGlobals ?? []),
  ];
}

/** What `create`, `run` and `restore` share. */
export function runcCreateArgs(options: CreateOptions): readonly string[] {
  return [
    '--bundle',
    resolve(options.bundle),
    ...pathOption('--pid-file', options.pidFile),
    ...option('--console-socket', options.consoleSocket),
    ...flag('--no-pivot', options.noPivot),
    ...flag('--no-new-keyring', options.noNewKeyring),
  ];
}

export function runcPreserveFds(fds: readonly unknown[] | undefined): readonly string[] {
  return fds === undefined || fds.length === 0 ? [] : ['--preserve-fds', String(fds.length)];
}

export function runcExecArgs(options: ExecOptions, processFile: string): readonly string[] {
  return [
    '--process',
    processFile,
    ...option('--console-socket', options.consoleSocket),
    ...flag('--detach', options.detach),
    ...pathOption('--pid-file', options.pidFile),
    ...runcPreserveFds(options.preserveFds),
    ...(options.extraArgs ?? []),
  ];
}

type Criu = Pick<
  CheckpointOptions & RestoreOptions,
  | 'imagePath'
  | 'workPath'
  | 'parentPath'
  | 'tcpEstablished'
  | 'externalUnixSockets'
  | 'shellJob'
  | 'fileLocks'
  | 'cgroupsMode'
  | 'emptyNamespaces'
  | 'lazyPages'
>;

/** What `checkpoint` and `restore` share. */
function criuArgs(options: Partial<Criu>): readonly string[] {
  return [
    ...pathOption('--image-path', options.imagePath),
    ...pathOption('--work-path', options.workPath),
    ...flag('--tcp-established', options.tcpEstablished),
    ...flag('--ext-unix-sk', options.externalUnixSockets),
    ...flag('--shell-job', options.shellJob),
    ...flag('--file-locks', options.fileLocks),
    ...option('--manage-cgroups-mode', options.cgroupsMode),
    ...(options.emptyNamespaces ?? []).flatMap((namespace) => ['--empty-ns', namespace]),
    ...flag('--lazy-pages', options.lazyPages),
  ];
}

export function runcCheckpointArgs(options: CheckpointOptions): readonly string[] {
  return [
    ...criuArgs(options),
    ...option('--parent-path', options.parentPath),
    ...option('--page-server', options.pageServer),
    ...(options.statusFd === undefined ? [] : ['--status-fd', '3']),
    ...flag('--leave-running', options.leaveRunning),
    ...flag('--pre-dump', options.preDump),
    ...(options.extraArgs ?? []),
  ];
}

export function runcRestoreArgs(options: RestoreOptions): readonly string[] {
  return [
    ...criuArgs(options),
    ...flag('--detach', options.detach),
    ...pathOption('--pid-file', options.pidFile),
    ...option('--console-socket', options.consoleSocket),
    ...flag('--no-pivot', options.noPivot),
    ...flag('--no-subreaper', options.noSubreaper),
    '--bundle',
    resolve(options.bundle),
    ...(options.extraArgs ?? []),
  ];
}
