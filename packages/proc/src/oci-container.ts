import type { CallOptions, ContainerId, ExecId } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import { containerStats } from './cgroup/container-stats.ts';
import { MemoryGuard } from './cgroup/memory-guard.ts';
import type { ContainerMetrics } from './cgroup/metrics.ts';
import { updateContainer } from './cgroup/update-container.ts';
import type { CheckpointRequest, Container, ContainerPid, ContainerProcess, ExecRequest } from './container.ts';
import { checkpoint } from './process/checkpoint.ts';
import { type ContainerContext, callOptions } from './process/context.ts';
import { ExecProcess } from './process/exec-process.ts';
import { type ExecRuntime, execRuntime } from './process/exec-runtime.ts';
import { ExitOrder } from './process/exit-order.ts';
import { InitProcess } from './process/init-process.ts';
import type { InitRuntime } from './process/init-runtime.ts';
import type { CreatedState } from './process/init-state.ts';
import type { ProcessStreams } from './process/process-streams.ts';
import { killedStatus } from './reaper/exit-status.ts';
import { rootfsOf, unmountBelow } from './rootfs/rootfs.ts';

export interface OciContainerOptions {
  readonly context: ContainerContext;
  readonly runtime: InitRuntime;
  readonly streams: ProcessStreams;
  readonly state: CreatedState;
}

/** A container below an OCI runtime. Made by `createContainer`. */
export class OciContainer implements Container {
  readonly #context: ContainerContext;
  readonly #runtime: InitRuntime;
  readonly #streams: ProcessStreams;
  readonly #init: InitProcess;
  readonly #execs = new Map<ExecId, ExecProcess>();
  readonly #execRuntime: ExecRuntime;
  readonly #order = new ExitOrder();
  readonly #memory: MemoryGuard;

  constructor({ context, runtime, streams, state }: OciContainerOptions) {
    this.#context = context;
    this.#runtime = runtime;
    this.#streams = streams;
    this.#memory = new MemoryGuard(context);
    this.#execRuntime = execRuntime(context, () => this.#init.made?.hostExit);
    this.#init = new InitProcess({
      ...{ context, runtime, streams, state },
      hooks: {
        beforeExit: (status) => this.#beforeInitExit(status),
        onMade: ({ pid }) => this.#memory.watch(pid),
        release: () => this.#release(),
      },
    });
  }

  get id(): ContainerId {
    return this.#context.id;
  }

  get bundle(): string {
    return this.#context.bundle;
  }

  get sandboxRoot(): boolean {
    return this.#context.sandboxRoot;
  }

  get init(): ContainerProcess {
    return this.#init;
  }

  get execIds(): readonly ExecId[] {
    return [...this.#execs.keys()];
  }

  /** Settles when the container's memory is watched. */
  ready(): Promise<void> {
    return this.#memory.ready();
  }

  addExec(id: ExecId, request: ExecRequest): ContainerProcess {
    if (this.#execs.has(id)) throw new SandshimError('already_exists', `id ${id}`);
    this.#init.require('exec');
    const exec = new ExecProcess({
      ...{ id, request, context: this.#context, order: this.#order, runtime: this.#execRuntime },
      initStatus: () => this.#init.snapshot.status,
      beforeExit: () => this.#memory.check(),
      onDeleted: () => this.#execs.delete(id),
    });
    this.#execs.set(id, exec);
    this.#context.emit({ type: 'exec-added', container: this.id, exec: id });
    return exec;
  }

  exec(id: ExecId): ContainerProcess {
    const exec = this.#execs.get(id);
    if (exec === undefined) throw new SandshimError('not_found', `process does not exist ${id}`);
    return exec;
  }

  async pids(options?: CallOptions): Promise<readonly ContainerPid[]> {
    const { status, pid: initPid } = this.#init.snapshot;
    // containerd that comes back takes a task without any pid for a leaked one, and forgets how it ended. runsc lists nothing
    // before the start, nor what it restored.
    const init = initPid === undefined ? [] : [{ pid: initPid }];
    if (status === 'created' || status === 'stopped') return init;
    const pids = await this.#context.deps.runtime.ps(this.id, callOptions(this.#context, options));
    if (pids.length === 0) return init;
    const execs = new Map([...this.#execs].map(([id, exec]) => [exec.listedPid, id]));
    return pids.map((pid) => {
      const exec = execs.get(pid);
      return exec === undefined ? { pid } : { pid, exec };
    });
  }

  async pause(options?: CallOptions): Promise<void> {
    const { runtime } = this.#context.deps;
    await this.#init.act('pause', () => runtime.pause(this.id, callOptions(this.#context, options)), options);
    this.#context.emit({ type: 'paused', container: this.id });
  }

  async resume(options?: CallOptions): Promise<void> {
    const { runtime } = this.#context.deps;
    await this.#init.act('resume', () => runtime.resume(this.id, callOptions(this.#context, options)), options);
    this.#context.emit({ type: 'resumed', container: this.id });
  }

  async update(resources: unknown, options?: CallOptions): Promise<void> {
    const call = callOptions(this.#context, options);
    const init = await this.#memory.cgroup();
    await this.#init.act('update', () => updateContainer(this.#context, resources, { init, call }), options);
  }

  async checkpoint(request: CheckpointRequest, options?: CallOptions): Promise<void> {
    const { identities } = this.#streams;
    const of = { context: this.#context, init: this.#init, runtime: this.#runtime, identities };
    const call = callOptions(this.#context, options);
    const step = async () => {
      await checkpoint(of, request, call);
      this.#context.emit({ type: 'checkpointed', container: this.id, path: request.path });
    };
    // A checkpoint is told before the exit that it causes.
    await this.#init.act('checkpoint', () => this.#init.holdingExit(step), options);
  }

  async stats(options?: CallOptions): Promise<ContainerMetrics> {
    if (this.#init.snapshot.status === 'stopped') {
      throw new SandshimError('unknown', 'cannot stat a stopped container');
    }
    return containerStats(this.#context, await this.#memory.cgroup(), callOptions(this.#context, options));
  }

  /** Everything that must come before the exit of init; answers the status that it has for the world. */
  async #beforeInitExit(status: number): Promise<number> {
    const { limits, now, endsWithInit } = this.#context;
    this.#order.noteInitExit();
    if (!endsWithInit) await this.#runtime.killAll({ timeoutMs: limits.commandMs });
    await this.#order.execsEnded({ patienceMs: limits.execExitMs, now });
    this.#memory.check();
    // A sandbox that the kernel robbed of one of its processes ends in many ways, which all mean the same.
    const robbed = this.#context.deps.runtime.name === 'runsc' && this.#memory.justHappened && status >= 2;
    return robbed ? killedStatus : status;
  }

  async #release(): Promise<void> {
    this.#memory[Symbol.dispose]();
    for (const exec of this.#execs.values()) await exec.abandon();
    await unmountBelow(rootfsOf(this.bundle), this.#context.deps.sys);
  }
}
