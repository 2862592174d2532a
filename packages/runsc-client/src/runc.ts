import {
  type RuncGlobals,
  runcCheckpointArgs,
  runcCreateArgs,
  runcExecArgs,
  runcGlobals,
  runcPreserveFds,
  runcRestoreArgs,
} from './args/runc-args.ts';
import { SandshimError } from './errors.ts';
import type { ContainerId } from './ids.ts';
import type {
  CallOptions,
  CheckpointOptions,
  CreateOptions,
  ExecOptions,
  KillOptions,
  ProcessResult,
  RestoreOptions,
  RunOptions,
  Runtime,
  WaitResult,
} from './runtime.ts';
import { type ClientOptions, RuntimeClient, started } from './runtime-client.ts';

/** Options of {@link Runc}: how its commands are run, and runc's global options. */
export interface RuncOptions extends ClientOptions, RuncGlobals {}

/** runc, or a runtime with runc's command line (crun), by that command line. */
export class Runc extends RuntimeClient implements Runtime {
  readonly name = 'runc';

  constructor(options: RuncOptions = {}) {
    super('runc', options, (log) => {
      const { log: _, ...others } = options;
      return runcGlobals(log === undefined ? others : { logFormat: 'json', ...others, log });
    });
  }

  async create(id: ContainerId, options: CreateOptions): Promise<void> {
    await this.detachedCommand({
      verb: 'create',
      args: [...createArgs(options), id],
      call: options,
      stdio: options.stdio,
      extraFds: options.preserveFds,
    });
  }

  async run(id: ContainerId, options: RunOptions): Promise<ProcessResult> {
    const detach = options.detach === true;
    const request = {
      verb: 'run',
      args: [...(detach ? ['--detach'] : []), ...createArgs(options), id],
      call: options,
      stdio: options.stdio,
      extraFds: options.preserveFds,
    };
    if (!detach) return this.attachedCommand(request);
    await this.detachedCommand(request);
    return started;
  }

  exec(id: ContainerId, options: ExecOptions): Promise<ProcessResult> {
    return this.execProcess(id, options, (file) => runcExecArgs(options, file));
  }

  /** @throws SandshimError `unimplemented` for `options.pid`: runc signals its init process, or all. */
  async kill(id: ContainerId, signal: number, options: KillOptions = {}): Promise<void> {
    if (options.pid !== undefined) throw new SandshimError('unimplemented', 'runc kill cannot choose a process');
    const all = options.all === true ? ['--all'] : [];
    await this.command({ verb: 'kill', args: [...all, id, String(signal)], call: options });
  }

  /** @throws SandshimError `unimplemented`, always: a runc container is waited for by its parent. */
  async wait(_id: ContainerId, _options?: CallOptions & { readonly pid?: number }): Promise<WaitResult> {
    throw new SandshimError('unimplemented', 'runc has no wait command: the parent of the process waits for it');
  }

  async update(id: ContainerId, resources: unknown, options?: CallOptions): Promise<void> {
    const input = JSON.stringify(resources);
    await this.command({ verb: 'update', args: ['--resources=-', id], call: options, input });
  }

  async checkpoint(id: ContainerId, options: CheckpointOptions): Promise<void> {
    const extraFds = options.statusFd === undefined ? undefined : [options.statusFd];
    await this.command({ verb: 'checkpoint', args: [...runcCheckpointArgs(options), id], call: options, extraFds });
  }

  async restore(id: ContainerId, options: RestoreOptions): Promise<ProcessResult> {
    const request = { verb: 'restore', args: [...runcRestoreArgs(options), id], call: options, stdio: options.stdio };
    if (options.detach !== true) return this.attachedCommand(request);
    await this.detachedCommand(request);
    return started;
  }
}

function createArgs(options: CreateOptions): readonly string[] {
  return [...runcCreateArgs(options), ...runcPreserveFds(options.preserveFds), ...(options.extraArgs ?? [])];
}
