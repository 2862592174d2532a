import {
  type RunscGlobals,
  runscCheckpointArgs,
  runscCreateArgs,
  runscExecArgs,
  runscGlobals,
  runscRestoreArgs,
} from './args/runsc-args.ts';
import type { ContainerId } from './ids.ts';
import { parseWaitResult } from './parse/wait.ts';
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

/** Options of {@link Runsc}: how its commands are run, and runsc's global options. */
export interface RunscOptions extends ClientOptions, RunscGlobals {}

/** gVisor's runsc, by its command line. */
export class Runsc extends RuntimeClient implements Runtime {
  readonly name = 'runsc';

  constructor(options: RunscOptions = {}) {
    super('runsc', options, (log) => {
      const { log: _, ...others } = options;
      return runscGlobals(log === undefined ? others : { ...others, log });
    });
  }

  async create(id: ContainerId, options: CreateOptions): Promise<void> {
    const args = [...runscCreateArgs(options), id];
    await this.detachedCommand({ verb: 'create', args, call: options, stdio: options.stdio });
  }

  async run(id: ContainerId, options: RunOptions): Promise<ProcessResult> {
    const detach = options.detach === true;
    const args = [...(detach ? ['--detach'] : []), ...runscCreateArgs(options), id];
    const request = { verb: 'run', args, call: options, stdio: options.stdio };
    if (!detach) return this.attachedCommand(request);
    await this.detachedCommand(request);
    return started;
  }

  exec(id: ContainerId, options: ExecOptions): Promise<ProcessResult> {
    return this.execProcess(id, options, (file) => runscExecArgs(options, file));
  }

  async kill(id: ContainerId, signal: number, options: KillOptions = {}): Promise<void> {
    const all = options.all === true ? ['--all'] : [];
    const pid = options.pid === undefined ? [] : ['--pid', String(options.pid)];
    await this.command({ verb: 'kill', args: [...all, ...pid, id, String(signal)], call: options });
  }

  async wait(id: ContainerId, options: CallOptions & { readonly pid?: number } = {}): Promise<WaitResult> {
    const pid = options.pid === undefined ? [] : ['--pid', String(options.pid)];
    return parseWaitResult(await this.json('wait', [...pid, id], options, { lasting: true }));
  }

  async update(id: ContainerId, resources: unknown, options?: CallOptions): Promise<void> {
    const input = JSON.stringify(resources);
    await this.command({ verb: 'update', args: ['--resources=-', id], call: options, input });
  }

  async checkpoint(id: ContainerId, options: CheckpointOptions): Promise<void> {
    await this.command({ verb: 'checkpoint', args: [...runscCheckpointArgs(options), id], call: options });
  }

  async restore(id: ContainerId, options: RestoreOptions): Promise<ProcessResult> {
    const request = { verb: 'restore', args: [...runscRestoreArgs(options), id], call: options, stdio: options.stdio };
    if (options.detach !== true) return this.attachedCommand(request);
    await this.detachedCommand(request);
    return started;
  }
}
