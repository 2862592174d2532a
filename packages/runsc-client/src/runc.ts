import { flag, option } from './args/flags.ts';
import {
  type RuncGlobals,
  runcCheckpointArgs,
  runcCreateArgs,
  runcExecArgs,
  runcGlobals,
  runcPreserveFds,
  runcRestoreArgs,
} from './args/runc-args.ts';
import { laterRunc } from './capabilities.ts';
import type { ClientOptions } from './client-options.ts';
import { RuntimeCommandError } from './command-error.ts';
import { SandshimError } from './errors.ts';
import type { ContainerId } from './ids.ts';
import { parseTop, type Top } from './parse/top.ts';
import type { SpecOptions } from './runsc-options.ts';
import type {
  CallOptions,
  CheckpointOptions,
  CreateOptions,
  ExecOptions,
  KillOptions,
  ListedContainer,
  ProcessResult,
  RestoreOptions,
  RunOptions,
  Runtime,
  WaitResult,
} from './runtime.ts';
import { RuntimeClient } from './runtime-client.ts';
import { saysRootIsMissing } from './runtime-text.ts';

/** Options of {@link Runc}: how its commands are run, and runc's global options. */
export interface RuncOptions extends ClientOptions, RuncGlobals {}

/** runc alone, version 1.2 and later: a Unix socket that gets a pidfd of the process. */
export interface PidfdSocketOptions {
  readonly pidfdSocket?: string;
}

export interface RuncRunOptions extends RunOptions, PidfdSocketOptions {
  /** Do not delete the container when it has ended. runc 1.1 and later. */
  readonly keep?: boolean;
  readonly noSubreaper?: boolean;
}

/** runc, or a runtime with runc's command line (crun), by that command line. */
export class Runc extends RuntimeClient implements Runtime {
  readonly name = 'runc';

  constructor(options: RuncOptions = {}) {
    const { log: _log, ...others } = options;
    const globals = (log: string | undefined) =>
      // Without the word, runc logs text, of which less can be read.
      runcGlobals(log === undefined ? others : { logFormat: 'json', ...others, log });
    const help = (verb: string | undefined) =>
      verb === undefined ? (['--help'] as const) : ([verb, '--help'] as const);
    super({ name: 'runc', globals, later: laterRunc, help }, options);
  }

  async create(id: ContainerId, options: CreateOptions & PidfdSocketOptions): Promise<void> {
    const args = [...createArgs(options), id];
    const extraFds = options.preserveFds;
    await this.detachedCommand({ verb: 'create', args, call: options, stdio: options.stdio, extraFds });
  }

  async run(id: ContainerId, options: RuncRunOptions): Promise<ProcessResult> {
    const ownArgs = [
      ...flag('--detach', options.detach),
      ...flag('--keep', options.keep),
      ...flag('--no-subreaper', options.noSubreaper),
    ];
    const args = [...ownArgs, ...createArgs(options), id];
    const request = { verb: 'run', args, call: options, stdio: options.stdio, extraFds: options.preserveFds };
    return this.processCommand(request, options.detach);
  }

  exec(id: ContainerId, options: ExecOptions & PidfdSocketOptions): Promise<ProcessResult> {
    const socket = option('--pidfd-socket', options.pidfdSocket);
    const argsWith = (file: string) => [...socket, ...runcExecArgs(options, file)];
    return this.execProcess(id, options, { argsWith, extraFds: options.preserveFds });
  }

  /** @throws SandshimError `unimplemented` for `options.pid`: runc signals its init process, or all. */
  async kill(id: ContainerId, signal: number, options: KillOptions = {}): Promise<void> {
    if (options.pid !== undefined) throw new SandshimError('unimplemented', 'runc kill cannot choose a process');
    await this.command({ verb: 'kill', args: [...flag('--all', options.all), id, String(signal)], call: options });
  }

  /** @throws SandshimError `unimplemented`, always: a runc container is waited for by its parent. */
  async wait(_id: ContainerId, _options?: CallOptions): Promise<WaitResult> {
    throw new SandshimError('unimplemented', 'runc has no wait command: the parent of the process waits for it');
  }

  override async list(options?: CallOptions): Promise<readonly ListedContainer[]> {
    try {
      return await super.list(options);
    } catch (error) {
      // runc makes its root with the first container.
      if (RuntimeCommandError.is(error) && saysRootIsMissing(error.runtimeMessage ?? '')) return [];
      throw error;
    }
  }

  /** `psArgs` are options of ps(1), as in `['-eo', 'pid,args']`. */
  override async top(
    id: ContainerId,
    options: CallOptions & { readonly psArgs?: readonly string[] } = {},
  ): Promise<Top> {
    const args = ['--format', 'table', id, ...(options.psArgs ?? [])];
    return parseTop((await this.command({ verb: 'ps', args, call: options })).stdout);
  }

  async checkpoint(id: ContainerId, options: CheckpointOptions): Promise<void> {
    const extraFds = options.statusFd === undefined ? undefined : [options.statusFd];
    await this.command({ verb: 'checkpoint', args: [...runcCheckpointArgs(options), id], call: options, extraFds });
  }

  async restore(id: ContainerId, options: RestoreOptions): Promise<ProcessResult> {
    const request = { verb: 'restore', args: [...runcRestoreArgs(options), id], call: options, stdio: options.stdio };
    return this.processCommand(request, options.detach);
  }

  /** Writes a config.json to start from. */
  async spec(options: SpecOptions & { readonly rootless?: boolean }): Promise<void> {
    const args = [...option('--bundle', options.bundle), ...flag('--rootless', options.rootless)];
    await this.command({ verb: 'spec', args, call: options });
  }

  protected override intervalArg(intervalMs: number): string {
    const ms = Math.max(1, Math.round(intervalMs));
    return `--interval=${ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`}`;
  }
}

function createArgs(options: CreateOptions & PidfdSocketOptions): readonly string[] {
  return [
    ...runcCreateArgs(options),
    ...option('--pidfd-socket', options.pidfdSocket),
    ...runcPreserveFds(options.preserveFds),
    ...(options.extraArgs ?? []),
  ];
}
