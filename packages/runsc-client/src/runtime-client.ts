import { writeFile } from 'node:fs/promises';
import { Capabilities, type LaterParts } from './capabilities.ts';
import { type ClientOptions, commandSetup } from './client-options.ts';
import { RuntimeCommandError } from './command-error.ts';
import { SandshimError } from './errors.ts';
import { EventQueue } from './event-queue.ts';
import type { ContainerId, Fd } from './ids.ts';
import { parseExactJson } from './parse/exact-json.ts';
import { parseFeatures, type RuntimeFeatures } from './parse/features.ts';
import { parsePids } from './parse/ps.ts';
import { parseContainerList, parseContainerState } from './parse/state.ts';
import { parseStatsEvent } from './parse/stats.ts';
import { parseTop, type Top } from './parse/top.ts';
import { parseVersion, type RuntimeVersion } from './parse/version.ts';
import { type CommandOutput, type CommandRequest, type CommandSetup, runCommand } from './run-command.ts';
import type {
  CallOptions,
  ContainerState,
  DeleteOptions,
  EventsOptions,
  ExecOptions,
  ListedContainer,
  ProcessResult,
  StartOptions,
} from './runtime.ts';
import { Scratch } from './scratch.ts';
import type { RuntimeEvent, RuntimeStats } from './stats.ts';
import type { RuntimeStdio } from './stdio.ts';

/** For a command whose descriptors live on in a container: a pipe to this process would never end. */
const nullStdio: RuntimeStdio = { stdin: null, stdout: null, stderr: null };
const probeTimeoutMs = 10_000;

/** What a client tells about the runtime that it is for. */
export interface RuntimeDialect {
  readonly name: 'runsc' | 'runc';
  readonly globals: CommandSetup['globals'];
  readonly later: LaterParts;
  /** The command that prints the help of a subcommand, or of all. */
  help(verb: string | undefined): readonly [verb: string, ...args: string[]];
}

/** The commands that are the same for runsc and runc, and the tools for all others. */
export abstract class RuntimeClient {
  readonly #setup: CommandSetup;
  readonly #capabilities: Capabilities;

  protected constructor(dialect: RuntimeDialect, options: ClientOptions & { readonly log?: string }) {
    this.#setup = commandSetup(dialect.name, options, dialect.globals);
    const askHelp = async (about: string | undefined) => {
      const [verb, ...args] = dialect.help(about);
      const { stdout, stderr } = await runCommand(this.#setup, { verb, args, call: { timeoutMs: probeTimeoutMs } });
      return `${stdout}\n${stderr}`;
    };
    const askVersion = async () => {
      const { program, version } = await this.version({ timeoutMs: probeTimeoutMs });
      return `${program} ${version}`;
    };
    this.#capabilities = new Capabilities(dialect.later, askHelp, askVersion);
  }

  async state(id: ContainerId, options?: CallOptions): Promise<ContainerState> {
    return parseContainerState(await this.json('state', [id], options));
  }

  async list(options?: CallOptions): Promise<readonly ListedContainer[]> {
    return parseContainerList(await this.json('list', ['--format=json'], options));
  }

  async ps(id: ContainerId, options?: CallOptions): Promise<readonly number[]> {
    return parsePids(await this.json('ps', ['--format', 'json', id], options));
  }

  async top(id: ContainerId, options?: CallOptions): Promise<Top> {
    return parseTop((await this.command({ verb: 'ps', args: ['--format', 'table', id], call: options })).stdout);
  }

  async stats(id: ContainerId, options?: CallOptions): Promise<RuntimeStats> {
    return parseStatsEvent(await this.json('events', ['--stats', id], options));
  }

  /** Ends when its signal aborts, when the reader stops, or when the runtime has no more to tell. */
  async *events(id: ContainerId, options: EventsOptions = {}): AsyncGenerator<RuntimeEvent, void, undefined> {
    const stop = new AbortController();
    const onAbort = () => stop.abort(options.signal?.reason);
    if (options.signal?.aborted === true) return;
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const queue = new EventQueue();
    const request: CommandRequest = {
      verb: 'events',
      args: [...(options.intervalMs === undefined ? [] : [this.intervalArg(options.intervalMs)]), id],
      call: { ...options, signal: stop.signal },
      lasting: true,
      onStdout: (chunk) => queue.push(chunk),
    };
    const failure = this.command(request).then(
      () => undefined,
      (error: unknown) => error,
    );
    void failure.then(() => queue.end());
    try {
      yield* queue.read();
      const error = await failure;
      if (error !== undefined && !stop.signal.aborted) throw error;
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      stop.abort();
      await failure;
    }
  }

  async start(id: ContainerId, options: StartOptions = {}): Promise<void> {
    await this.command({ verb: 'start', args: [id], call: options, stdio: options.stdio });
  }

  async delete(id: ContainerId, options: DeleteOptions = {}): Promise<void> {
    await this.command({ verb: 'delete', args: [...(options.force === true ? ['--force'] : []), id], call: options });
  }

  async pause(id: ContainerId, options?: CallOptions): Promise<void> {
    await this.command({ verb: 'pause', args: [id], call: options });
  }

  async resume(id: ContainerId, options?: CallOptions): Promise<void> {
    await this.command({ verb: 'resume', args: [id], call: options });
  }

  /** Changes the limits of a container: `resources` is the OCI spec's `linux.resources`, or a part of it. */
  async update(id: ContainerId, resources: unknown, options?: CallOptions): Promise<void> {
    const input = JSON.stringify(resources);
    await this.command({ verb: 'update', args: ['--resources=-', id], call: options, input });
  }

  async version(options?: CallOptions): Promise<RuntimeVersion> {
    const { stdout } = await runCommand(this.#setup, { verb: '--version', args: [], call: options });
    return parseVersion(stdout, `${this.#setup.name} --version`);
  }

  async features(options?: CallOptions): Promise<RuntimeFeatures> {
    return parseFeatures(await this.json('features', [], options));
  }

  /** Runs any other command of the runtime. @throws RuntimeCommandError */
  async invoke(verb: string, args: readonly string[], options?: CallOptions): Promise<CommandOutput> {
    return this.command({ verb, args, call: options });
  }

  /** The interval of `events`, in the runtime's own form. */
  protected abstract intervalArg(intervalMs: number): string;

  /** Runs one command. @throws RuntimeCommandError, and `unimplemented` for what the installed version lacks. */
  protected async command(request: CommandRequest): Promise<CommandOutput> {
    await this.#capabilities.require(request.verb, request.args);
    try {
      return await runCommand(this.#setup, request);
    } catch (error) {
      if (!RuntimeCommandError.is(error) || error.code !== 'unimplemented') throw error;
      const version = await this.#capabilities.version().catch(() => this.#setup.command);
      throw new RuntimeCommandError('unimplemented', `${error.message} (${version})`, error, { cause: error });
    }
  }

  /** Runs a command after which a process lives on with the descriptors that it was given. */
  protected async detachedCommand(request: CommandRequest): Promise<ProcessResult> {
    await this.command({ ...request, stdio: request.stdio ?? nullStdio });
    return { exitStatus: 0, stdout: '', stderr: '' };
  }

  /** Runs a command that, unless detached, lasts as long as a process in the container, and ends with its status. */
  protected async processCommand(request: CommandRequest, detach: boolean | undefined): Promise<ProcessResult> {
    if (detach === true) return this.detachedCommand(request);
    const { exitCode, stdout, stderr } = await this.command({ ...request, attached: true, lasting: true });
    return { exitStatus: exitCode, stdout, stderr };
  }

  /** Runs `exec` with the process in a file that exists for as long as the command runs. */
  protected async execProcess(
    id: ContainerId,
    options: ExecOptions,
    how: { argsWith(processFile: string): readonly string[]; readonly extraFds?: readonly Fd[] | undefined },
  ): Promise<ProcessResult> {
    await using scratch = new Scratch();
    const file = await scratch.path('process.json');
    await writeFile(file, JSON.stringify(options.process), { mode: 0o600 }).catch((cause: unknown) => {
      throw new SandshimError('unavailable', `cannot write ${file}`, { cause });
    });
    const args = [...how.argsWith(file), id];
    const request = { verb: 'exec', args, call: options, stdio: options.stdio, extraFds: how.extraFds };
    return await this.processCommand(request, options.detach);
  }

  /** Runs a command that prints one JSON value. */
  protected async json(
    verb: string,
    args: readonly string[],
    call?: CallOptions,
    how: Partial<CommandRequest> = {},
  ): Promise<unknown> {
    const { stdout, stdoutTruncated } = await this.command({ ...how, verb, args, call });
    if (stdoutTruncated) {
      const limit = this.#setup.maxCaptureBytes;
      throw new SandshimError('resource_exhausted', `${this.#setup.name} ${verb} printed more than ${limit} bytes`);
    }
    return parseExactJson(stdout, `${this.#setup.name} ${verb}`);
  }
}
