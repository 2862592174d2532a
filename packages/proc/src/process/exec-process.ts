import type { CallOptions, ExecId, Pid } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ContainerProcess, ExecRequest, ProcessExit, ProcessSnapshot, ProcessStatus } from '../container.ts';
import { unlessAborted } from '../lib/bounded.ts';
import { deferred } from '../lib/deferred.ts';
import { operationQueue } from '../lib/operation-queue.ts';
import { failedStartStatus } from '../reaper/exit-status.ts';
import { type ExecOperation, type ExecStatus, execTable } from '../states/exec-table.ts';
import { nextOf } from '../states/table.ts';
import { type ContainerContext, callOptions } from './context.ts';
import type { ExecRuntime } from './exec-runtime.ts';
import type { ExitOrder } from './exit-order.ts';
import { ProcessStreams } from './process-streams.ts';
import type { StartedExec } from './started-exec.ts';

/** An exec in one of its states, with what is known in that state. */
export type ExecState =
  | { readonly status: 'created' }
  | { readonly status: 'running'; readonly process: StartedExec }
  | { readonly status: 'stopped' | 'deleted'; readonly process?: StartedExec; readonly exit?: ProcessExit };

export interface ExecProcessOptions {
  readonly id: ExecId;
  readonly request: ExecRequest;
  readonly context: ContainerContext;
  readonly order: ExitOrder;
  readonly runtime: ExecRuntime;
  readonly initStatus: () => ProcessStatus;
  /** Called synchronously before an exit is published. */
  readonly beforeExit: () => void;
  readonly onDeleted: () => void;
}

/** One additional process of a container. */
export class ExecProcess implements ContainerProcess {
  readonly #options: ExecProcessOptions;
  readonly #queue = operationQueue();
  readonly #streams = new ProcessStreams();
  readonly #exited = deferred<ProcessExit>();
  readonly #published = deferred<void>();
  #state: ExecState = { status: 'created' };

  constructor(options: ExecProcessOptions) {
    this.#options = options;
  }

  get snapshot(): ProcessSnapshot {
    const { stdin, stdout, stderr, terminal } = this.#options.request;
    const pid = this.#process?.pid;
    const init = this.#options.initStatus();
    const halted = this.#state.status === 'running' && (init === 'paused' || init === 'pausing');
    const exit = 'exit' in this.#state ? this.#state.exit : undefined;
    return {
      status: halted ? init : this.#state.status,
      ...{ stdin, stdout, stderr, terminal },
      ...(pid === undefined ? {} : { pid }),
      ...(exit === undefined ? {} : { exit }),
    };
  }

  /** The pid that the runtime's `ps` lists it by; absent unless it runs. */
  get listedPid(): number | undefined {
    return this.#state.status === 'running' ? this.#state.process.listedPid : undefined;
  }

  start(options?: CallOptions): Promise<Pid> {
    return this.#queue.run(() => this.#options.order.whileStarting(() => this.#start(options)), options);
  }

  kill(signal: number, options?: CallOptions): Promise<void> {
    return this.#queue.run(async () => {
      const cell = this.#cell('kill');
      nextOf(cell);
      const process = this.#process;
      if (process === undefined) return;
      await this.#options.runtime.kill(process, signal, callOptions(this.#options.context, options));
    }, options);
  }

  delete(options?: CallOptions): Promise<ProcessExit & { readonly pid: Pid | undefined }> {
    return this.#queue.run(async () => {
      nextOf(this.#cell('delete'));
      const { context, id } = this.#options;
      const { signal } = options ?? {};
      const open = await this.#streams.drainAndClose({
        timeoutMs: context.limits.drainMs,
        ...(signal === undefined ? {} : { signal }),
      });
      if (open.length > 0) context.warn(`deleted exec ${id} with its ${open.join(', ')} still open`, undefined);
      await this.#options.runtime.forget(id);
      const process = this.#process;
      const exit = 'exit' in this.#state ? this.#state.exit : undefined;
      this.#state = { status: 'deleted', ...(process && { process }), ...(exit && { exit }) };
      const ended = exit ?? { status: 0, exitedAt: context.now() };
      this.#exited.resolve(ended);
      this.#options.onDeleted();
      context.emit({ type: 'delete', container: context.id, exec: id, pid: process?.pid, exit: ended });
      return { ...ended, pid: process?.pid };
    }, options);
  }

  wait(options?: { readonly signal?: AbortSignal }): Promise<ProcessExit> {
    return unlessAborted(this.#exited.promise, options?.signal);
  }

  async resize(size: { readonly rows: number; readonly columns: number }): Promise<void> {
    nextOf(this.#cell('resize'));
    this.#streams.resize(size);
  }

  async closeStdin(): Promise<void> {
    this.#streams.closeStdin();
  }

  /** Releases the io of an exec that nobody deleted. */
  async abandon(): Promise<void> {
    await this.#streams.close();
  }

  get #process(): StartedExec | undefined {
    return 'process' in this.#state ? this.#state.process : undefined;
  }

  #cell(operation: ExecOperation) {
    return execTable[this.#state.status satisfies ExecStatus][operation];
  }

  async #start(options: CallOptions | undefined): Promise<Pid> {
    const { context, id, order } = this.#options;
    if (order.initExited) throw this.#tooLate();
    nextOf(this.#cell('start'));
    try {
      const process = await this.#launch(callOptions(context, options));
      this.#state = { status: 'running', process };
      context.emit({ type: 'exec-started', container: context.id, exec: id, pid: process.pid });
      order.running({
        published: this.#published.promise,
        kill: () => this.#options.runtime.killHard(process),
        giveUp: (exit) => this.#onExit(exit),
      });
      void process.exit.then((exit) => this.#onExit(exit));
      return process.pid;
    } catch (error) {
      const exit = { status: failedStartStatus, exitedAt: context.now() };
      this.#state = { status: 'stopped', exit };
      this.#exited.resolve(exit);
      await this.#streams.close();
      // Whatever it said: there is nothing to start it in any more.
      throw order.initExited ? this.#tooLate(error) : error;
    }
  }

  #tooLate(cause?: unknown): SandshimError {
    const text = `container ${this.#options.context.id} init process is not running`;
    return new SandshimError('failed_precondition', text, { cause });
  }

  async #launch(call: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<StartedExec> {
    const { context, id, request, runtime } = this.#options;
    const { ioUid, ioGid, namespace } = context.options;
    const { stdin, stdout, stderr, terminal } = request;
    const io = await context.deps.openIo({
      ...{ id, namespace, stdin, stdout, stderr, terminal },
      ...(ioUid === undefined ? {} : { uid: ioUid }),
      ...(ioGid === undefined ? {} : { gid: ioGid }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    this.#streams.opened(io);
    const process = await runtime.start({ id, process: request.process, io, call });
    try {
      await this.#streams.started(call);
    } catch (error) {
      // It runs, but nobody could ever talk to it.
      runtime.killHard(process);
      throw error;
    }
    return process;
  }

  #onExit(exit: ProcessExit): void {
    if (this.#cell('exited').is !== 'allowed') return;
    const process = this.#process;
    process?.[Symbol.dispose]();
    this.#options.beforeExit();
    this.#state = { status: 'stopped', exit, ...(process && { process }) };
    this.#streams.exited();
    const { context, id } = this.#options;
    if (process !== undefined) {
      context.emit({ type: 'exit', container: context.id, exec: id, pid: process.pid, exit });
    }
    this.#exited.resolve(exit);
    this.#published.resolve();
  }
}
