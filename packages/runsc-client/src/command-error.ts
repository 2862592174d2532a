import { type ErrorCode, SandshimError } from './errors.ts';

/** What a {@link RuntimeCommandError} is made of. */
export interface CommandFailure {
  /** The whole command line, the runtime's path first. */
  readonly argv: readonly string[];
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** The last bytes of the command's stderr; empty when its stderr was not captured. */
  readonly stderr?: string;
  /** What the runtime itself said last: its log's last error of this command, else its last line on stderr. */
  readonly runtimeMessage?: string;
}

/**
 * A runtime command failed. Its `code` is read from what the runtime said (`not_found`, `already_exists`,
 * `failed_precondition`, …), or from how it ended: `unavailable` when the binary cannot be started, `canceled` and
 * `deadline_exceeded` when it was killed by its caller's signal or time limit.
 */
export class RuntimeCommandError extends SandshimError implements CommandFailure {
  readonly argv: readonly string[];
  // Declared alone, so that what is not known is absent instead of undefined.
  declare readonly exitCode?: number;
  declare readonly signal?: NodeJS.Signals;
  readonly stderr: string;
  declare readonly runtimeMessage?: string;

  constructor(code: ErrorCode, message: string, failure: CommandFailure, options?: ErrorOptions) {
    super(code, message, options);
    this.name = 'RuntimeCommandError';
    this.argv = failure.argv;
    if (failure.exitCode !== undefined) this.exitCode = failure.exitCode;
    if (failure.signal !== undefined) this.signal = failure.signal;
    this.stderr = failure.stderr ?? '';
    if (failure.runtimeMessage !== undefined) this.runtimeMessage = failure.runtimeMessage;
  }

  /** Also true for an error of another copy of this package. */
  static override is(value: unknown): value is RuntimeCommandError {
    return SandshimError.is(value) && 'argv' in value && Array.isArray(value.argv);
  }
}
