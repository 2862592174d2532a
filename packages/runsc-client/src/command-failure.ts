import { RuntimeCommandError } from './command-error.ts';
import type { ErrorCode } from './errors.ts';
import { codeOfRuntimeText, lastStderrMessage } from './runtime-text.ts';
import type { SpawnResult } from './spawner.ts';

/** A command that has ended, and what is known about it. */
export interface EndedCommand {
  readonly name: 'runsc' | 'runc';
  readonly verb: string;
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  readonly result: SpawnResult;
  /** The errors that came into the runtime's log meanwhile, oldest first. */
  readonly errors: readonly string[];
  /** A status other than 0 is an answer too. */
  readonly anyStatus: boolean;
  /** Why the caller's signal aborted, if it did. */
  readonly abortReason: unknown;
}

/** The error of a command that has failed; `undefined` if it has not. */
export function errorOfCommand(ended: EndedCommand): RuntimeCommandError | undefined {
  const failure = failureOf(ended);
  if (failure === undefined) return undefined;
  const { name, verb, argv, result } = ended;
  const prefix = `${name} ${verb} failed: `;
  // Some of runc's messages begin with just this.
  const message = failure.detail.startsWith(prefix) ? failure.detail : `${prefix}${failure.detail}`;
  const cause = result.spawnError ?? (result.aborted ? ended.abortReason : undefined);
  const data = {
    argv,
    stderr: result.stderr,
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    ...(result.signal === undefined ? {} : { signal: result.signal }),
    ...(failure.runtimeMessage === undefined ? {} : { runtimeMessage: failure.runtimeMessage }),
  };
  return new RuntimeCommandError(failure.code, message, data, cause === undefined ? undefined : { cause });
}

interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly runtimeMessage?: string;
}

function failureOf({ verb, argv, cwd, result, errors, anyStatus }: EndedCommand): Failure | undefined {
  if (result.aborted) return { code: 'canceled', detail: 'canceled by its caller' };
  if (result.timedOut) return { code: 'deadline_exceeded', detail: 'its time limit has passed, it was killed' };
  if (result.spawnError !== undefined) return spawnFailure(result.spawnError, argv[0] ?? '', cwd);
  if (result.exitCode === 0) return undefined;
  const logged = ownErrorOf(errors, result.stderr);
  if (anyStatus && result.exitCode !== undefined && logged === undefined) return undefined;
  const ending = result.signal === undefined ? `exit status ${result.exitCode}` : `killed by ${result.signal}`;
  // debug prints what fails where it prints its answers.
  const said = verb === 'debug' && result.stderr === '' ? result.stdout : result.stderr;
  const runtimeMessage = logged ?? lastStderrMessage(said);
  if (runtimeMessage === undefined) return { code: 'unknown', detail: `${ending}, without a message` };
  const code = codeOfRuntimeText(logged ?? said, verb);
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

const exhausted: readonly (string | undefined)[] = ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'];

function spawnFailure(error: NodeJS.ErrnoException, file: string, cwd: string | undefined): Failure {
  if (error.code === 'ENOENT') {
    // The system does not tell which of the two it did not find.
    const where = cwd === undefined ? '' : ` (or its working directory ${cwd})`;
    return { code: 'unavailable', detail: `cannot find ${file}${where}` };
  }
  if (error.code === 'EACCES') return { code: 'unavailable', detail: `${file} is not executable` };
  if (error.code === 'EINVAL') return { code: 'invalid_argument', detail: error.message };
  if (error.code === 'E2BIG') return { code: 'invalid_argument', detail: 'its arguments are too long' };
  const code = exhausted.includes(error.code) ? 'resource_exhausted' : 'unavailable';
  return { code, detail: `cannot start ${file}: ${error.message}` };
}
