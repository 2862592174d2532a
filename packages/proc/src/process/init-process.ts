import type { CallOptions, Pid } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ContainerProcess, ProcessExit, ProcessSnapshot } from '../container.ts';
import { settledWithin, unlessAborted } from '../lib/bounded.ts';
import { deferred } from '../lib/deferred.ts';
import { operationQueue } from '../lib/operation-queue.ts';
import { failedStartStatus, killedStatus } from '../reaper/exit-status.ts';
import { type InitOperation, type InitStatus, type InitTable, initTableOf } from '../states/init-table.ts';
import { nextOf } from '../states/table.ts';
import { type ContainerContext, callOptions } from './context.ts';
import type { InitRuntime, MadeInit } from './init-runtime.ts';
import type { CreatedState, InitHooks, InitState } from './init-state.ts';
import { withTheSandbox } from './pod-exit.ts';
import type { ProcessStreams } from './process-streams.ts';

export interface InitProcessOptions {
  readonly context: ContainerContext;
  readonly runtime: InitRuntime;
  readonly streams: ProcessStreams;
  readonly state: CreatedState;
  readonly hooks: InitHooks;
}

// The exit of a process that was just killed is reaped within this, or reported without.
const killedMs = 5_000;

/** A container's first process. */
export class InitProcess implements ContainerProcess {
  readonly #options: InitProcessOptions;
  readonly #table: InitTable;
  readonly #queue = operationQueue();
  readonly #exited = deferred<ProcessExit>();
  readonly #waiting = new AbortController();
  #state: InitState;
  #holding = false;
  #early: ProcessExit | undefined;
  #ending = false;

  constructor(options: InitProcessOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#table = initTableOf(options.context.deps.runtime.name);
    if (options.state.status === 'created') this.#made(options.state.made);
  }

  get snapshot(): ProcessSnapshot {
    const { stdin, stdout, stderr, terminal } = this.#options.context.options;
    const { status } = this.#state;
    const pid = this.made?.pid;
    return {
      status: status === 'createdCheckpoint' ? 'created' : status,
      ...{ stdin, stdout, stderr, terminal },
      ...(pid === undefined ? {} : { pid }),
      ...('exit' in this.#state ? { exit: this.#state.exit } : {}),
    };
  }

  get made(): MadeInit | undefined {
    return 'made' in this.#state ? this.#state.made : undefined;
  }

  /** @throws SandshimError if the state refuses `operation` */
  require(operation: InitOperation): void {
    nextOf(this.#cell(operation));
  }

  /** Runs `effect` in this process's turn, between the states that the table has for it. */
  act(operation: 'pause' | 'resume' | 'update' | 'checkpoint', effect: () => Promise<void>, options?: CallOptions) {
    return this.#queue.run(async () => {
      const before = this.#state.status;
      this.#become(operation);
      try {
        await effect();
      } catch (error) {
        if (operation === 'pause') this.#become('pauseFailed');
        // It may have ended meanwhile.
        else if (operation === 'resume' && this.#state.status === 'running') this.#set(before);
        throw error;
      }
      if (operation === 'pause') this.#become('pauseDone');
    }, options);
  }

  start(options?: CallOptions): Promise<Pid> {
    return this.#queue.run(async () => {
      this.require('start');
      return this.holdingExit(async () => {
        try {
          return await this.#start(callOptions(this.#options.context, options));
        } catch (error) {
          if (this.#early === undefined) await this.#failStart();
          throw error;
        }
      });
    }, options);
  }

  /** Puts the process that `make` makes in the place of the one that ends meanwhile, whose exit then is no news. */
  async replace(make: () => Promise<MadeInit>): Promise<void> {
    await this.holdingExit(async () => {
      const made = await make();
      const { status } = this.#state;
      if (status !== 'running' && status !== 'paused') throw new SandshimError('aborted', 'the process has ended');
      this.#early = undefined;
      this.#state = { status: 'running', made };
      this.#made(made);
    });
  }

  /** An exit that comes while `step` lasts is dealt with after it. */
  async holdingExit<T>(step: () => Promise<T>): Promise<T> {
    const outer = this.#holding;
    this.#holding = true;
    try {
      return await step();
    } finally {
      this.#holding = outer;
      if (!outer && this.#early !== undefined) void this.#finish(this.#early);
    }
  }

  kill(signal: number, options?: CallOptions & { readonly all?: boolean }): Promise<void> {
    return this.#queue.run(async () => {
      const cell = this.#cell(signal === 9 || signal === 15 ? 'end' : 'kill');
      nextOf(cell);
      if (cell.is === 'already') return;
      await this.#kill(signal, options);
    }, options);
  }

  delete(options?: CallOptions): Promise<ProcessExit & { readonly pid: Pid | undefined }> {
    return this.#queue.run(async () => {
      this.require('delete');
      const { context, streams, hooks } = this.#options;
      const call = callOptions(context, options);
      const { made } = this;
      const exit = 'exit' in this.#state ? this.#state.exit : { status: 0, exitedAt: context.now() };
      this.#waiting.abort();
      if (this.#state.status === 'stopped') {
        const open = await streams.drainAndClose({ ...call, timeoutMs: context.limits.drainMs });
        if (open.length > 0) context.warn(`deleted with its ${open.join(', ')} still open`, undefined);
      }
      await this.#remove(call);
      await streams.close();
      await hooks.release();
      this.#state = { status: 'deleted', exit, ...(made && { made }) };
      this.#exited.resolve(exit);
      context.emit({ type: 'delete', container: context.id, pid: made?.pid, exit });
      return { ...exit, pid: made?.pid };
    }, options);
  }

  wait(options?: { readonly signal?: AbortSignal }): Promise<ProcessExit> {
    return unlessAborted(this.#exited.promise, options?.signal);
  }

  async resize(size: { readonly rows: number; readonly columns: number }): Promise<void> {
    this.require('resize');
    this.#options.streams.resize(size);
  }

  async closeStdin(): Promise<void> {
    this.#options.streams.closeStdin();
  }

  async #remove(call: CallOptions): Promise<void> {
    const { made } = this;
    // That a container which never ran is ended by its removal is no news.
    const quietly = this.#state.status === 'created' && !this.#ending;
    this.#ending ||= quietly;
    try {
      await this.#options.runtime.delete(call);
    } catch (error) {
      if (quietly && made !== undefined) {
        this.#ending = false;
        this.#watchHost(made);
      }
      throw error;
    }
  }

  async #start(call: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<Pid> {
    const { context, runtime, streams } = this.#options;
    const { io } = streams;
    if (io === undefined) throw new SandshimError('internal', 'the io of the init process is not open');
    if (this.#state.status === 'createdCheckpoint') {
      const made = await runtime.restore(io, { ...call, imagePath: this.#state.checkpoint });
      this.#state = { status: 'created', made };
      this.#made(made);
    } else {
      await runtime.start(io, call);
    }
    try {
      await streams.started(call);
    } catch (error) {
      await runtime.killAll(call);
      throw error;
    }
    this.#become('start');
    const { made } = this;
    if (made === undefined) throw new SandshimError('internal', 'a started process has no pid');
    context.emit({ type: 'start', container: context.id, pid: made.pid });
    void runtime.exit(made, this.#waiting.signal).then((exit) => this.#onExit(exit));
    return made.pid;
  }

  async #failStart(): Promise<void> {
    const { context, streams } = this.#options;
    // A container with a sandbox of its own can be started again; runsc starts one in a pod's sandbox only once.
    if (context.sandboxRoot || nextOf(this.#cell('startFailed')) !== 'stopped') return;
    this.#stop({ status: failedStartStatus, exitedAt: context.now() });
    await streams.close();
  }

  async #kill(signal: number, options: (CallOptions & { readonly all?: boolean }) | undefined): Promise<void> {
    const { context, runtime } = this.#options;
    const call = callOptions(context, options);
    const state = this.#state;
    if (state.status === 'createdCheckpoint') {
      this.#stop({ status: 128 + signal, exitedAt: context.now() });
      return;
    }
    if (state.status === 'created') {
      await runtime.killCreated(state.made, signal, call);
      if (signal !== 9 && signal !== 15) return;
      if (context.sandboxRoot) await settledWithin(this.#exited.promise, killedMs);
      else await this.#finish({ status: killedStatus, exitedAt: context.now() });
      return;
    }
    await runtime.kill(signal, { ...call, ...(options?.all === undefined ? {} : { all: options.all }) });
    // A paused sandbox does not even die.
    if (state.status === 'paused' && signal === 9)
      await context.deps.runtime.resume(context.id, call).catch(() => undefined);
  }

  #made(made: MadeInit): void {
    this.#options.hooks.onMade(made);
    this.#watchHost(made);
  }

  #watchHost(made: MadeInit): void {
    void made.hostExit.then((exit) => {
      // It was replaced.
      if (this.made !== made) return;
      if (this.#options.context.sandboxRoot) this.#onExit(exit);
      // Once it runs, a pod's container is watched by itself.
      else if (this.#state.status === 'created') this.#onExit(withTheSandbox(exit));
    });
  }

  #onExit(exit: ProcessExit): void {
    if (this.#holding) this.#early ??= exit;
    else void this.#finish(exit);
  }

  /** Publishes the exit, after everything that must come before it. */
  async #finish(exit: ProcessExit): Promise<void> {
    if (this.#ending || this.#cell('exited').is !== 'allowed') return;
    this.#ending = true;
    const { context, hooks } = this.#options;
    const status = await hooks.beforeExit(exit.status);
    const { made } = this;
    const published = { ...exit, status };
    this.#stop(published);
    if (made !== undefined) context.emit({ type: 'exit', container: context.id, pid: made.pid, exit: published });
    this.#exited.resolve(published);
  }

  #stop(exit: ProcessExit): void {
    const { made } = this;
    this.#state = { status: 'stopped', exit, ...(made && { made }) };
    this.#options.streams.exited();
    this.#waiting.abort();
    if (made === undefined || this.#holding) this.#exited.resolve(exit);
  }

  #cell(operation: InitOperation) {
    return this.#table[this.#state.status][operation];
  }

  #become(operation: InitOperation): void {
    this.#set(nextOf(this.#cell(operation)));
  }

  #set(status: InitStatus): void {
    const state = this.#state;
    if (state.status === 'stopped' || state.status === 'deleted' || state.made === undefined) return;
    if (status === 'created' || status === 'running' || status === 'pausing' || status === 'paused') {
      this.#state = { status, made: state.made };
    }
  }
}
