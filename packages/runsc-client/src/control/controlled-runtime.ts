import type { RunscGlobals } from '../args/runsc-args.ts';
import { SandshimError } from '../errors.ts';
import type { ContainerId } from '../ids.ts';
import type {
  CallOptions,
  ContainerState,
  ExecOptions,
  KillOptions,
  ProcessResult,
  RunningExec,
  Runtime,
  StartExecOptions,
  StartOptions,
  WaitResult,
} from '../runtime.ts';
import type { Spawner } from '../spawner.ts';
import type { RuntimeStats } from '../stats.ts';
import { bounded } from './bounded.ts';
import type { ControlClientOptions } from './control-client.ts';
import { ControlError, unanswered } from './control-error.ts';
import { DelegatingRuntime } from './delegating-runtime.ts';
import { type RunscConfiguration, runscConfiguration } from './runsc-configuration.ts';
import { type ControlAvailability, type LocatedSandbox, SandboxLocator } from './sandbox-locator.ts';
import { sandboxStats } from './sandbox-stats.ts';
import { containerState, killProcesses, listProcesses, waitForEnd } from './sandbox-verbs.ts';
import type { SandboxVersions } from './sandbox-versions.ts';
import { startProcess } from './start-process.ts';

/** `auto`: the control socket where it is proven to mean the same as the command line. `off`: always the command line. */
export type RuntimeControl = 'auto' | 'off';

export interface ControlledRuntimeOptions extends ControlClientOptions {
  /** Default `auto`. */
  readonly control?: RuntimeControl;
  /** The global options of the runsc commands: they say where its state is and what an exec may have. */
  readonly globals?: RunscGlobals;
  /** Asks the sandboxes' binaries for their version. */
  readonly spawner?: Spawner;
  /** What is known of them, to be shared by the runtimes of a program. */
  readonly versions?: SandboxVersions;
  /** Called when a command is used although the socket is wanted. */
  readonly onCommand?: (use: {
    readonly verb: string;
    readonly container: ContainerId;
    readonly reason: string;
  }) => void;
}

const foresightMs = 250;

/** One verb in both of its forms. */
interface Verb<T> {
  readonly name: string;
  /** May be done anew when it is not known whether the sandbox did it: it only asks. */
  readonly asksOnly: boolean;
  /** `undefined` where the command line has to be used. */
  readonly socket: (sandbox: LocatedSandbox) => Promise<T | undefined>;
  readonly command: () => Promise<T>;
}

/**
 * A runsc whose `exec`, `kill`, `ps`, `state`, `stats` and `wait` go to the sandbox's own control socket, a few milliseconds
 * each and no process. Where the socket is absent, of another version, or fails before the sandbox acted, the command line is
 * used: never both. Everything else is the command line's, and so is every refusal, in its own words.
 */
export class ControlledRuntime extends DelegatingRuntime {
  readonly #options: ControlledRuntimeOptions;
  readonly #configuration: RunscConfiguration;
  readonly #locator: SandboxLocator | undefined;

  constructor(runsc: Runtime, options: ControlledRuntimeOptions = {}) {
    super(runsc);
    this.#options = options;
    this.#configuration = runscConfiguration(options.globals ?? {});
    const on = runsc.name === 'runsc' && options.control !== 'off';
    this.#locator = on ? new SandboxLocator({ ...options, root: this.#configuration.root }) : undefined;
  }

  /** Whether a container's control socket is in use, and if not, why. Never rejects. */
  async availability(id: ContainerId): Promise<ControlAvailability> {
    return (await this.#locator?.locate(id)) ?? { kind: 'unavailable', reason: 'it is switched off' };
  }

  override async start(id: ContainerId, options?: StartOptions): Promise<void> {
    await super.start(id, options);
    // So that the sandbox's version is known before the first exec; of what ends at once nobody needs to know it.
    if (this.#locator !== undefined) setTimeout(() => this.#locator?.locate(id), foresightMs).unref();
  }

  override state(id: ContainerId, options?: CallOptions): Promise<ContainerState> {
    return this.#do(id, {
      ...{ name: 'state', asksOnly: true },
      socket: (sandbox) => containerState(sandbox, options),
      command: () => super.state(id, options),
    });
  }

  override ps(id: ContainerId, options?: CallOptions): Promise<readonly number[]> {
    return this.#do(id, {
      ...{ name: 'ps', asksOnly: true },
      socket: (sandbox) => listProcesses(sandbox, options),
      command: () => super.ps(id, options),
    });
  }

  override async kill(id: ContainerId, signal: number, options?: KillOptions): Promise<void> {
    await this.#do(id, {
      ...{ name: 'kill', asksOnly: false },
      socket: (sandbox) => killProcesses(sandbox, { ...options, signo: signal }),
      command: async () => {
        await super.kill(id, signal, options);
        return { killed: true };
      },
    });
  }

  override wait(id: ContainerId, options: CallOptions & { readonly pid?: number } = {}): Promise<WaitResult> {
    return this.#do(id, {
      // A process's status is handed out once; a container's to whoever asks.
      ...{ name: 'wait', asksOnly: options.pid === undefined },
      socket: (sandbox) => waitForEnd(sandbox, options),
      command: () => super.wait(id, options),
    });
  }

  /** Over the socket only an attached exec with descriptors of the caller's, and without what needs a host process. */
  override async exec(id: ContainerId, options: ExecOptions): Promise<ProcessResult> {
    const { process, stdio, signal, timeoutMs, ...others } = options;
    const plain = Object.values(others).every((value) => value === undefined || value === false);
    if (stdio === undefined || !plain || this.#locator === undefined) return super.exec(id, options);
    const bound = { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    return bounded(bound, async (within) => {
      using running = await this.startExec(id, { process, stdio, signal: within });
      if (running === undefined) return super.exec(id, options);
      const stop = () => running[Symbol.dispose]();
      within.addEventListener('abort', stop, { once: true });
      if (within.aborted) stop();
      const { exitStatus } = await running.exit.catch((error: unknown) => {
        throw within.aborted ? unanswered('exec', within.reason) : error;
      });
      return { exitStatus, stdout: '', stderr: '' };
    });
  }

  async startExec(id: ContainerId, options: StartExecOptions): Promise<RunningExec | undefined> {
    const { exec } = this.#configuration;
    const running = await this.#do<RunningExec | 'none'>(id, {
      ...{ name: 'exec', asksOnly: false },
      socket: async (sandbox) => {
        const started = exec && (await startProcess(sandbox, { ...options, ...exec }));
        if (started === undefined) return undefined;
        const { pid: internalPid, exit } = started;
        const stop = () => started[Symbol.dispose]();
        return { internalPid, exit, sandboxPid: sandbox.record.sandboxPid, [Symbol.dispose]: stop };
      },
      command: async () => 'none',
    });
    return running === 'none' ? undefined : running;
  }

  override stats(id: ContainerId, options?: CallOptions): Promise<RuntimeStats> {
    return this.#do(id, {
      ...{ name: 'stats', asksOnly: true },
      socket: (sandbox) => sandboxStats(sandbox, options),
      command: () => super.stats(id, options),
    });
  }

  async #do<T>(id: ContainerId, verb: Verb<T>): Promise<T> {
    if (this.#locator === undefined) return verb.command();
    const found = await this.#locator.locate(id);
    const answer = found.kind === 'available' ? await this.#onSocket(found.sandbox, verb) : found;
    if (answer.kind === 'done') return answer.value;
    this.#options.onCommand?.({ verb: verb.name, container: id, reason: answer.reason });
    return verb.command();
  }

  async #onSocket<T>(sandbox: LocatedSandbox, verb: Verb<T>) {
    try {
      const value = await verb.socket(sandbox);
      if (value !== undefined) return { kind: 'done', value } as const;
      return { kind: 'unavailable', reason: 'only the command line does this' } as const;
    } catch (error) {
      if (!mayBeDoneAnew(error, verb)) throw error;
      return { kind: 'unavailable', reason: SandshimError.from(error).message } as const;
    }
  }
}

function mayBeDoneAnew(error: unknown, verb: { readonly asksOnly: boolean }): boolean {
  const { code } = SandshimError.from(error);
  // The caller's own bounds hold for both ways together.
  if (code === 'canceled' || code === 'deadline_exceeded') return false;
  return verb.asksOnly || ControlError.isHarmless(error);
}
