import { appendFile } from 'node:fs/promises';
import { CapturePipes } from './capture-pipes.ts';
import { errorOfCommand } from './command-failure.ts';
import type { Fd } from './ids.ts';
import { errorsSince, markLog } from './log-tail.ts';
import type { CallOptions } from './runtime.ts';
import { Scratch } from './scratch.ts';
import type { Spawner, SpawnRequest, SpawnResult } from './spawner.ts';
import type { RuntimeStdio } from './stdio.ts';

/** How one client runs its commands: made from its options, the same for all its calls. */
export interface CommandSetup {
  readonly name: 'runsc' | 'runc';
  readonly command: string;
  /** The options before the subcommand, with this log file in the place of the client's own. */
  globals(log: string | undefined): readonly string[];
  readonly log?: string;
  readonly spawner: Spawner;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Signal that the kernel sends to the command when this process's thread ends. */
  readonly pdeathsig?: string;
  readonly timeoutMs?: number;
  readonly maxCaptureBytes: number;
}

/** One command: the subcommand, what comes after it, and what it is connected to. */
export interface CommandRequest {
  readonly verb: string;
  readonly args: readonly string[];
  readonly call?: CallOptions | undefined;
  readonly input?: string;
  readonly stdio?: RuntimeStdio | undefined;
  readonly extraFds?: readonly Fd[] | undefined;
  readonly onStdout?: (chunk: Uint8Array) => void;
  /**
   * It stands for a process in the container: its output is that process's, and a status other than 0 is an answer
   * (that process's own), unless the runtime logged an error. Such a command gets a log of its own, since other
   * commands write into the client's log while this one runs.
   */
  readonly attached?: boolean;
  /** It lasts as long as something in the container: the client's own time limit does not count. */
  readonly lasting?: boolean;
}

/** How a command that did not fail ended. */
export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stdoutTruncated: boolean;
  readonly stderr: string;
}

/**
 * Runs one command of the runtime to its end.
 * @throws RuntimeCommandError as soon as the command has failed, and is gone.
 */
export async function runCommand(setup: CommandSetup, request: CommandRequest): Promise<CommandOutput> {
  await using scratch = new Scratch();
  const attached = request.attached === true;
  const ownLog = attached || (setup.log === undefined && request.stdio !== undefined);
  const log = ownLog ? await scratch.path('log.json') : setup.log;
  const mark = log === undefined ? undefined : await markLog(log);
  const argv = commandLine(setup, request, log);
  const result = await spawnAndCapture(setup, request, argv, scratch);
  const errors = mark === undefined || result.exitCode === 0 ? [] : await errorsSince(mark);
  if (ownLog && setup.log !== undefined) await appendErrors(setup.log, errors);
  const { name, cwd } = setup;
  const abortReason: unknown = request.call?.signal?.reason;
  const error = errorOfCommand({
    name,
    verb: request.verb,
    argv,
    cwd,
    result,
    errors,
    anyStatus: attached,
    abortReason,
  });
  if (error !== undefined) throw error;
  const { exitCode = 0, stdout, stdoutTruncated, stderr } = result;
  return { exitCode, stdout, stdoutTruncated, stderr };
}

/** The whole command line, the executable first. */
export function commandLine(setup: CommandSetup, request: CommandRequest, log: string | undefined): readonly string[] {
  // The pid stays the command's: setpriv sets the signal and executes it in its own place.
  const launcher = setup.pdeathsig === undefined ? [] : ['setpriv', '--pdeathsig', setup.pdeathsig, '--'];
  return [...launcher, setup.command, ...setup.globals(log), request.verb, ...request.args];
}

async function spawnAndCapture(
  setup: CommandSetup,
  request: CommandRequest,
  argv: readonly string[],
  scratch: Scratch,
): Promise<SpawnResult> {
  const spawnRequest = spawnRequestOf(setup, request, argv);
  const aborted = request.call?.signal?.aborted === true;
  if (request.attached !== true || request.stdio !== undefined || aborted) return setup.spawner(spawnRequest).result;
  using pipes = await CapturePipes.open(scratch, setup.spawner, setup.maxCaptureBytes);
  const command = setup.spawner({ ...spawnRequest, stdio: pipes.stdio });
  pipes.handedOver();
  const result = await command.result;
  if (!result.aborted && !result.timedOut) await pipes.drain();
  const { stdout, stderr } = pipes;
  return { ...result, stdout: stdout.text(), stdoutTruncated: stdout.truncated, stderr: stderr.text() };
}

function spawnRequestOf(setup: CommandSetup, request: CommandRequest, argv: readonly string[]): SpawnRequest {
  const [file = setup.command, ...args] = argv;
  const timeoutMs = request.call?.timeoutMs ?? (request.lasting === true ? undefined : setup.timeoutMs);
  return {
    file,
    args,
    maxCaptureBytes: setup.maxCaptureBytes,
    ...(setup.env === undefined ? {} : { env: setup.env }),
    ...(setup.cwd === undefined ? {} : { cwd: setup.cwd }),
    ...(request.input === undefined ? {} : { input: request.input }),
    ...(request.stdio === undefined ? {} : { stdio: request.stdio }),
    ...(request.extraFds === undefined ? {} : { extraFds: request.extraFds }),
    ...(request.onStdout === undefined ? {} : { onStdout: request.onStdout }),
    ...(request.call?.signal === undefined ? {} : { signal: request.call.signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

async function appendErrors(log: string, errors: readonly string[]): Promise<void> {
  if (errors.length === 0) return;
  const time = new Date().toISOString();
  const records = errors.map((msg) => `${JSON.stringify({ msg, level: 'error', time })}\n`);
  // A log that cannot be written must not hide the error that it would have held.
  await appendFile(log, records.join('')).catch(() => undefined);
}
