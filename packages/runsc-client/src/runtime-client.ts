import { writeFile } from 'node:fs/promises';
import { SandshimError } from './errors.ts';
import type { ContainerId } from './ids.ts';
import { parseJson } from './parse/expect.ts';
import { parsePids } from './parse/ps.ts';
import { parseContainerList, parseContainerState } from './parse/state.ts';
import { type CommandOutput, type CommandRequest, type CommandSetup, runCommand } from './run-command.ts';
import type {
  CallOptions,
  ContainerState,
  DeleteOptions,
  ExecOptions,
  ListedContainer,
  ProcessResult,
  StartOptions,
} from './runtime.ts';
import { Scratch } from './scratch.ts';
import { spawnCommand } from './spawn-command.ts';
import type { Spawner } from './spawner.ts';
import type { RuntimeStdio } from './stdio.ts';

/** What the options of both clients share: how the commands are run. */
export interface ClientOptions {
  /** The runtime's path, or its name to be found in PATH. */
  readonly command?: string;
  /** Starts the commands; by default {@link spawnCommand}. */
  readonly spawner?: Spawner;
  /** The whole environment of the commands; by default this process's own, without NOTIFY_SOCKET. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory of the commands. */
  readonly cwd?: string;
  /** The kernel kills a running command when this process dies. Containers live on. Costs one more exec per command. */
  readonly killWithParent?: boolean;
  /** Bound of each call that does not bring its own, except for those that last as long as a process (run, exec, wait, events). */
  readonly timeoutMs?: number;
  /** Bytes of stdout that are kept of one command. Default 16 MiB. */
  readonly maxCaptureBytes?: number;
}

const defaultCaptureBytes = 16 * 1_024 * 1_024;
/** For a command whose descriptors live on in a container: a pipe to this process would never end. */
const nullStdio: RuntimeStdio = { stdin: null, stdout: null, stderr: null };
/** The result of a command that left a process running. */
export const started: ProcessResult = { exitStatus: 0, stdout: '', stderr: '' };

/** The commands that are the same for runsc and runc, and the tools for all others. */
export abstract class RuntimeClient {
  readonly #setup: CommandSetup;

  protected constructor(
    name: 'runsc' | 'runc',
    options: ClientOptions & { readonly log?: string },
    globals: CommandSetup['globals'],
  ) {
    this.#setup = {
      name,
      command: options.command ?? name,
      globals,
      spawner: options.spawner ?? spawnCommand,
      env: options.env ?? environmentWithout('NOTIFY_SOCKET'),
      maxCaptureBytes: options.maxCaptureBytes ?? defaultCaptureBytes,
      ...(options.log === undefined ? {} : { log: options.log }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.killWithParent === true ? { pdeathsig: 'KILL' } : {}),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    };
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

  /** Runs one command. @throws RuntimeCommandError */
  protected command(request: CommandRequest): Promise<CommandOutput> {
    return runCommand(this.#setup, request);
  }

  /** Runs a command after which a process lives on with the descriptors that it was given. */
  protected async detachedCommand(request: CommandRequest): Promise<void> {
    await this.command({ ...request, stdio: request.stdio ?? nullStdio });
  }

  /** Runs a command that lasts as long as a process in the container, and ends with that process's status. */
  protected async attachedCommand(request: CommandRequest): Promise<ProcessResult> {
    const { exitCode, stdout, stderr } = await this.command({ ...request, attached: true, lasting: true });
    return { exitStatus: exitCode, stdout, stderr };
  }

  /** Runs `exec` with the process in a file that exists for as long as the command runs. */
  protected async execProcess(
    id: ContainerId,
    options: ExecOptions,
    argsWith: (processFile: string) => readonly string[],
  ): Promise<ProcessResult> {
    await using scratch = new Scratch();
    const file = await scratch.path('process.json');
    await writeFile(file, JSON.stringify(options.process), { mode: 0o600 });
    const request: CommandRequest = {
      verb: 'exec',
      args: [...argsWith(file), id],
      call: options,
      stdio: options.stdio,
      extraFds: options.preserveFds,
    };
    if (options.detach !== true) return await this.attachedCommand(request);
    await this.detachedCommand(request);
    return started;
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
    return parseJson(stdout, `${this.#setup.name} ${verb}`);
  }
}

function environmentWithout(name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([key]) => key !== name));
}
