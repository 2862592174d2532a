import type { CallOptions, WaitResult } from '../runtime.ts';
import { bounded } from './bounded.ts';
import {
  readAnswer,
  readExit,
  readProcesses,
  readRuntimeState,
  readUsage,
  type SandboxProcess,
  type SandboxUsage,
} from './control-answers.ts';
import { ControlConnection } from './control-connection.ts';
import type { DescriptorSender } from './descriptor-sender.ts';

/** Whom a signal goes to. `foreground`: the process group in front of the terminal that the named process was given. */
export type SignalTarget =
  | { readonly kind: 'init' }
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'foreground'; readonly pid: number };

export interface ControlClientOptions {
  /** Bound of a call that brings none of its own, except for waits. Default 30 s. */
  readonly timeoutMs?: number;
  /** Default 16 MiB. */
  readonly maxAnswerBytes?: number;
  /** Opens the connections in Node's place; {@link execute} cannot do without. */
  readonly sender?: DescriptorSender;
  /** The sandbox's pid: a socket on which another process listens is not spoken to, where the sender can tell. */
  readonly peerPid?: number;
}

const defaultTimeoutMs = 30_000;
const defaultAnswerBytes = 16 * 1_024 * 1_024;
const modes = { init: 0, process: 0, all: 1, foreground: 2 } as const;

/**
 * A client of the control socket of one running sandbox: the protocol that runsc's own commands speak. Each call has a
 * connection of its own, closed as soon as it is answered; a wait is one open connection and nothing else. Failures are
 * {@link ControlError}s, whose `outcome` tells whether the sandbox may have acted.
 */
export class ControlClient {
  /** Path of the socket; one that begins with a zero byte is abstract. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly sender: DescriptorSender | undefined;
  readonly peerPid: number | undefined;

  constructor(path: string, options: ControlClientOptions = {}) {
    this.path = path;
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.maxAnswerBytes = options.maxAnswerBytes ?? defaultAnswerBytes;
    this.sender = options.sender;
    this.peerPid = options.peerPid;
  }

  /** Calls any method of the sandbox. @throws ControlError */
  call(method: string, argument: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.#call(method, argument, { timeoutMs: this.timeoutMs, ...options });
  }

  /** The processes of a container; none where the sandbox does not have it. */
  async processes(container: string, options?: CallOptions): Promise<readonly SandboxProcess[]> {
    const method = 'containerManager.Processes';
    return readAnswer(method, await this.call(method, container, options), readProcesses);
  }

  /** Signal 0 only asks. @throws ControlError `not_found` for a process or container that is not there */
  async signal(
    container: string,
    options: CallOptions & { readonly signo: number; readonly target: SignalTarget },
  ): Promise<void> {
    const { target, signo } = options;
    const PID = 'pid' in target ? target.pid : 0;
    await this.call(
      'containerManager.Signal',
      { CID: container, Signo: signo, PID, Mode: modes[target.kind] },
      options,
    );
  }

  /** Waits for the end of a container: at any time, by any number of callers. Unbounded without `timeoutMs`. */
  async wait(container: string, options: CallOptions = {}): Promise<WaitResult> {
    const method = 'containerManager.Wait';
    return readAnswer(method, await this.#call(method, container, options), readExit);
  }

  /**
   * Waits for one process. A sandbox keeps the status of a process that was exec'd until it is handed out, once: a wait that
   * begins after that is `not_found`. Unbounded without `timeoutMs`.
   */
  async waitForProcess(container: string, options: CallOptions & { readonly pid: number }): Promise<WaitResult> {
    const method = 'containerManager.WaitPID';
    return readAnswer(method, await this.#call(method, { CID: container, PID: options.pid }, options), readExit);
  }

  /** What the sandbox counted. `argument` is null or a container's id, as the runsc version wants it. */
  async usage(argument: string | null, options?: CallOptions): Promise<SandboxUsage> {
    const method = 'containerManager.Event';
    return readAnswer(method, await this.call(method, argument, options), readUsage);
  }

  /** runsc of 2023 and later. A container that the sandbox does not have is `stopped`. */
  async runtimeState(container: string, options?: CallOptions): Promise<ReturnType<typeof readRuntimeState>> {
    const method = 'containerManager.ContainerRuntimeState';
    return readAnswer(method, await this.call(method, container, options), readRuntimeState);
  }

  #call(method: string, argument: unknown, options: CallOptions): Promise<unknown> {
    return bounded(options, async (signal) => {
      const { maxAnswerBytes, sender, peerPid } = this;
      using connection = await ControlConnection.open(this.path, { signal, maxAnswerBytes, sender, peerPid });
      return await connection.call({ method, argument }, { signal });
    });
  }
}
