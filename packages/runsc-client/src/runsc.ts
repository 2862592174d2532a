import {
  type RunscGlobals,
  runscCheckpointArgs,
  runscCreateArgs,
  runscExecArgs,
  runscGlobals,
  runscRestoreArgs,
} from './args/runsc-args.ts';
import {
  runscDebugArgs,
  runscFsCheckpointArgs,
  runscFsRestoreArgs,
  runscPassFdArgs,
  runscPortForwardArgs,
  runscSaveRestoreArgs,
  runscSpecArgs,
  runscWaitArgs,
} from './args/runsc-more-args.ts';
import { laterRunsc } from './capabilities.ts';
import type { ClientOptions } from './client-options.ts';
import type { ContainerId, Fd } from './ids.ts';
import { type MemoryUsage, parseUsage } from './parse/usage.ts';
import { parseWaitResult } from './parse/wait.ts';
import { refuseTakenId } from './refuse-taken-id.ts';
import type {
  DebugOptions,
  FsCheckpointOptions,
  PassFdOptions,
  PortForwardOptions,
  RunscCheckpointOptions,
  RunscCreateOptions,
  RunscExecOptions,
  RunscMilestone,
  RunscRunOptions,
  RunscSpecOptions,
  RunscWaitOptions,
} from './runsc-options.ts';
import type { CallOptions, KillOptions, ProcessResult, RestoreOptions, Runtime, WaitResult } from './runtime.ts';
import { RuntimeClient } from './runtime-client.ts';

/** Options of {@link Runsc}: how its commands are run, and runsc's global options. */
export interface RunscOptions extends ClientOptions, RunscGlobals {}

/** gVisor's runsc, by its command line. */
export class Runsc extends RuntimeClient implements Runtime {
  readonly name = 'runsc';
  readonly #root: string | undefined;

  constructor(options: RunscOptions = {}) {
    const { log: _log, ...others } = options;
    const dialect = {
      name: 'runsc',
      globals: (log: string | undefined) => runscGlobals(log === undefined ? others : { ...others, log }),
      later: laterRunsc,
      help: (verb: string | undefined) => (verb === undefined ? (['help'] as const) : (['help', verb] as const)),
    } as const;
    super(dialect, options);
    this.#root = options.root;
  }

  async create(id: ContainerId, options: RunscCreateOptions): Promise<void> {
    await refuseTakenId(id, this.#root);
    const args = [...runscFsRestoreArgs(options), ...runscCreateArgs(options), id];
    await this.detachedCommand({ verb: 'create', args, call: options, stdio: options.stdio });
  }

  async run(id: ContainerId, options: RunscRunOptions): Promise<ProcessResult> {
    await refuseTakenId(id, this.#root);
    const detach = options.detach === true ? ['--detach'] : [];
    const createArgs = [...runscFsRestoreArgs(options), ...runscCreateArgs(options)];
    const args = [...detach, ...runscPassFdArgs(options), ...createArgs, id];
    const request = { verb: 'run', args, call: options, stdio: options.stdio, extraFds: passedFds(options) };
    return this.processCommand(request, options.detach);
  }

  exec(id: ContainerId, options: RunscExecOptions): Promise<ProcessResult> {
    const argsWith = (file: string) => [...runscPassFdArgs(options), ...runscExecArgs(options, file)];
    return this.execProcess(id, options, { argsWith, extraFds: passedFds(options) });
  }

  async kill(id: ContainerId, signal: number, options: KillOptions = {}): Promise<void> {
    const all = options.all === true ? ['--all'] : [];
    const pid = options.pid === undefined ? [] : ['--pid', String(options.pid)];
    await this.command({ verb: 'kill', args: [...all, ...pid, id, String(signal)], call: options });
  }

  /** Settles when the container, or one of its processes, has ended; `failed_precondition` if its sandbox is gone. */
  async wait(id: ContainerId, options: RunscWaitOptions = {}): Promise<WaitResult> {
    return parseWaitResult(await this.json('wait', [...runscWaitArgs(options), id], options, { lasting: true }));
  }

  /** Settles when the container's next checkpoint or restore has succeeded. Versions from 2025 on. */
  async waitFor(id: ContainerId, milestone: RunscMilestone, options?: CallOptions): Promise<void> {
    await this.command({ verb: 'wait', args: [`--${milestone}`, id], call: options, lasting: true });
  }

  async checkpoint(id: ContainerId, options: RunscCheckpointOptions): Promise<void> {
    const args = [...runscSaveRestoreArgs(options), ...runscCheckpointArgs(options), id];
    await this.command({ verb: 'checkpoint', args, call: options });
  }

  /**
   * Instead of start, in a container that is created; else it creates the container first (runsc 2022 always does: there
   * the id must not be taken).
   */
  async restore(id: ContainerId, options: RestoreOptions): Promise<ProcessResult> {
    const request = { verb: 'restore', args: [...runscRestoreArgs(options), id], call: options, stdio: options.stdio };
    return this.processCommand(request, options.detach);
  }

  /** Saves the container's writable layer. Versions from 2025 on. */
  async fsCheckpoint(id: ContainerId, options: FsCheckpointOptions): Promise<void> {
    await this.command({ verb: 'fscheckpoint', args: [...runscFsCheckpointArgs(options), id], call: options });
  }

  /** Writes the container's writable layer into a tar archive. Versions from 2025 on. */
  async tarRootfsUpper(id: ContainerId, file: string, options?: CallOptions): Promise<void> {
    await this.command({ verb: 'tar', args: ['rootfs-upper', '--file', file, id], call: options });
  }

  /** The sandbox's memory. `full` walks all of it, which takes long. */
  async usage(id: ContainerId, options: CallOptions & { readonly full?: boolean } = {}): Promise<MemoryUsage> {
    const full = options.full === true ? ['--full'] : [];
    return parseUsage(await this.json('usage', [...full, id], options));
  }

  /** What runsc printed for the questions asked, as text. */
  async debug(id: ContainerId, options: DebugOptions): Promise<string> {
    const request = { verb: 'debug', args: [...runscDebugArgs(options), id], call: options, lasting: true };
    const { stdout, stderr } = await this.command(request);
    return `${stdout}${stderr}`;
  }

  /** Forwards connections until its signal aborts (`canceled`) or, with `stream`, the one connection has ended. */
  async portForward(id: ContainerId, options: PortForwardOptions): Promise<void> {
    const args = runscPortForwardArgs(id, options);
    await this.command({ verb: 'port-forward', args, call: options, lasting: true });
  }

  /** Writes a config.json to start from. */
  async spec(options: RunscSpecOptions): Promise<void> {
    await this.command({ verb: 'spec', args: runscSpecArgs(options), call: options });
  }

  protected override intervalArg(intervalMs: number): string {
    return `--interval=${wholeSeconds(intervalMs)}`;
  }
}

/** Whole seconds, at least 1. */
function wholeSeconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1_000));
}

function passedFds({ passFds = [], execFd }: PassFdOptions): readonly Fd[] {
  return [...passFds.map(({ fd }) => fd), ...(execFd === undefined ? [] : [execFd])];
}
