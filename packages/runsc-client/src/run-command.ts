import { appendFile } from 'node:fs/promises';
import { RuntimeCommandError } from './command-error.ts';
import type { ErrorCode } from './errors.ts';
import type { Fd } from './ids.ts';
import { errorsSince, type LogMark, markLog } from './log-tail.ts';
import type { CallOptions } from './runtime.ts';
import { codeOfRuntimeText, lastStderrMessage } from './runtime-text.ts';
import { Scratch } from './scratch.ts';
import type { Spawner, SpawnResult } from './spawner.ts';
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
   * A status other than 0 is an answer (the container process's own), unless the runtime logged an error. Such a command
   * gets a log of its own, since other commands write into the client's log while this one runs.
   */
  readonly anyStatus?: boolean;
  /** It lasts as long as something in the container: the client's own time limit does not count. */
  readonly lasting?: boolean;
}

/** How a command that did not fail ended. */
export interface CommandOutput {
  readonly argv: readonly string[];
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
  const ownLog = request.anyStatus === true || (setup.log === undefined && request.stdio !== undefined);
  const log = ownLog ? await scratch.path('log.json') : setup.log;
  const mark = log === undefined ? undefined : await markLog(log);
  const argv = [...launcherOf(setup), setup.command, ...setup.globals(log), request.verb, ...request.args];
  const result = await setup.spawner(spawnRequestOf(setup, request, argv)).result;
  const errors = mark === undefined || succeeded(result) ? [] : await errorsSince(mark);
  if (ownLog && setup.log !== undefined && errors.length > 0) await appendLog(mark, setup.log, errors);
  const failure = failureOf(setup, request, result, errors);
  if (failure !== undefined) throw errorOf(setup, request, argv, result, failure);
  const { stdout, stdoutTruncated, stderr } = result;
  return { argv, exitCode: statusOf(result), stdout, stdoutTruncated, stderr };
}

function launcherOf(setup: CommandSetup): readonly string[] {
  // The pid stays the command's: setpriv sets the signal and executes it in its own place.
  return setup.pdeathsig === undefined ? [] : ['setpriv', '--pdeathsig', setup.pdeathsig, '--'];
}

function spawnRequestOf(setup: CommandSetup, request: CommandRequest, argv: readonly string[]) {
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

const succeeded = (result: SpawnResult): boolean => result.exitCode === 0 && !result.aborted && !result.timedOut;

// A runtime that a signal ended while it stood for its container's process did not get to pass a status on.
const statusOf = (result: SpawnResult): number => result.exitCode ?? 128;

interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly runtimeMessage?: string;
}

function failureOf(
  setup: CommandSetup,
  request: CommandRequest,
  result: SpawnResult,
  errors: readonly string[],
): Failure | undefined {
  if (result.aborted) return { code: 'canceled', detail: 'canceled by its caller' };
  if (result.timedOut) return { code: 'deadline_exceeded', detail: 'its time limit has passed, it was killed' };
  if (result.spawnError !== undefined) return spawnFailure(setup, result.spawnError);
  if (succeeded(result)) return undefined;
  const logged = ownErrorOf(errors, result.stderr);
  if (request.anyStatus === true && result.exitCode !== undefined && logged === undefined) return undefined;
  const runtimeMessage = logged ?? lastStderrMessage(result.stderr);
  const ending = result.signal === undefined ? `exit status ${result.exitCode}` : `killed by ${result.signal}`;
  if (runtimeMessage === undefined) return { code: 'unknown', detail: `${ending}, without a message` };
  const code = codeOfRuntimeText(logged ?? result.stderr);
  return {
    code,
    detail: result.signal === undefined ? runtimeMessage : `${ending}: ${runtimeMessage}`,
    runtimeMessage,
  };
}

// Commands that run at the same time write to one log: of its errors, this command's is the one that it also printed.
function ownErrorOf(errors: readonly string[], stderr: string): string | undefined {
  return errors.findLast((message) => message !== '' && stderr.includes(message)) ?? errors.at(-1);
}

function spawnFailure(setup: CommandSetup, error: NodeJS.ErrnoException): Failure {
  if (error.code === 'ENOENT') {
    const where = setup.cwd === undefined ? '' : ` (or its working directory ${setup.cwd})`;
    return { code: 'unavailable', detail: `cannot find ${setup.command}${where}` };
  }
  if (error.code === 'EACCES') return { code: 'unavailable', detail: `${setup.command} is not executable` };
  const exhausted =
    error.code === 'EAGAIN' || error.code === 'EMFILE' || error.code === 'ENFILE' || error.code === 'ENOMEM';
  if (exhausted) return { code: 'resource_exhausted', detail: `cannot start ${setup.command}: ${error.message}` };
  if (error.code === 'E2BIG') return { code: 'invalid_argument', detail: 'its arguments are too long' };
  return { code: 'unavailable', detail: `cannot start ${setup.command}: ${error.message}` };
}

function errorOf(
  setup: CommandSetup,
  request: CommandRequest,
  argv: readonly string[],
  result: SpawnResult,
  failure: Failure,
): RuntimeCommandError {
  const prefix = `${setup.name} ${request.verb} failed: `;
  // Some of runc's messages begin with just this.
  const message = failure.detail.startsWith(prefix) ? failure.detail : `${prefix}${failure.detail}`;
  const cause = result.spawnError ?? (result.aborted ? request.call?.signal?.reason : undefined);
  const { exitCode, signal, stderr } = result;
  const data = {
    argv,
    stderr,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(failure.runtimeMessage === undefined ? {} : { runtimeMessage: failure.runtimeMessage }),
  };
  return new RuntimeCommandError(failure.code, message, data, cause === undefined ? undefined : { cause });
}

async function appendLog(mark: LogMark | undefined, log: string, errors: readonly string[]): Promise<void> {
  if (mark === undefined) return;
  const time = new Date().toISOString();
  const records = errors.map((msg) => `${JSON.stringify({ msg, level: 'error', time })}\n`);
  // A log that cannot be written must not hide the error that it would have held.
  await appendFile(log, records.join('')).catch(() => undefined);
}
