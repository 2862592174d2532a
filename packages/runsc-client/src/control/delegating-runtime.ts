import type { ContainerId } from '../ids.ts';
import type { Top } from '../parse/top.ts';
import type { RuntimeVersion } from '../parse/version.ts';
import type {
  CallOptions,
  CheckpointOptions,
  ContainerState,
  CreateOptions,
  DeleteOptions,
  EventsOptions,
  ExecOptions,
  KillOptions,
  ListedContainer,
  ProcessResult,
  RestoreOptions,
  RunOptions,
  Runtime,
  StartOptions,
  WaitResult,
} from '../runtime.ts';
import type { RuntimeEvent, RuntimeStats } from '../stats.ts';

/** A runtime that hands every call to another one: to be extended by one that does some of them its own way. */
export class DelegatingRuntime implements Runtime {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get name(): Runtime['name'] {
    return this.#runtime.name;
  }

  create(id: ContainerId, options: CreateOptions): Promise<void> {
    return this.#runtime.create(id, options);
  }

  start(id: ContainerId, options?: StartOptions): Promise<void> {
    return this.#runtime.start(id, options);
  }

  run(id: ContainerId, options: RunOptions): Promise<ProcessResult> {
    return this.#runtime.run(id, options);
  }

  exec(id: ContainerId, options: ExecOptions): Promise<ProcessResult> {
    return this.#runtime.exec(id, options);
  }

  state(id: ContainerId, options?: CallOptions): Promise<ContainerState> {
    return this.#runtime.state(id, options);
  }

  list(options?: CallOptions): Promise<readonly ListedContainer[]> {
    return this.#runtime.list(options);
  }

  kill(id: ContainerId, signal: number, options?: KillOptions): Promise<void> {
    return this.#runtime.kill(id, signal, options);
  }

  delete(id: ContainerId, options?: DeleteOptions): Promise<void> {
    return this.#runtime.delete(id, options);
  }

  pause(id: ContainerId, options?: CallOptions): Promise<void> {
    return this.#runtime.pause(id, options);
  }

  resume(id: ContainerId, options?: CallOptions): Promise<void> {
    return this.#runtime.resume(id, options);
  }

  ps(id: ContainerId, options?: CallOptions): Promise<readonly number[]> {
    return this.#runtime.ps(id, options);
  }

  top(id: ContainerId, options?: CallOptions): Promise<Top> {
    return this.#runtime.top(id, options);
  }

  stats(id: ContainerId, options?: CallOptions): Promise<RuntimeStats> {
    return this.#runtime.stats(id, options);
  }

  events(id: ContainerId, options?: EventsOptions): AsyncIterable<RuntimeEvent> {
    return this.#runtime.events(id, options);
  }

  version(options?: CallOptions): Promise<RuntimeVersion> {
    return this.#runtime.version(options);
  }

  update(id: ContainerId, resources: unknown, options?: CallOptions): Promise<void> {
    return this.#runtime.update(id, resources, options);
  }

  checkpoint(id: ContainerId, options: CheckpointOptions): Promise<void> {
    return this.#runtime.checkpoint(id, options);
  }

  restore(id: ContainerId, options: RestoreOptions): Promise<ProcessResult> {
    return this.#runtime.restore(id, options);
  }

  wait(id: ContainerId, options?: CallOptions & { readonly pid?: number }): Promise<WaitResult> {
    return this.#runtime.wait(id, options);
  }
}
