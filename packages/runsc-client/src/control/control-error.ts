import { type ErrorCode, SandshimError } from '../errors.ts';

/**
 * What the sandbox has done when a call failed. `not-sent`: nothing, the request never left whole. `refused`: nothing, it
 * answered with an error. `unknown`: the request was sent and no answer came, so it may have acted.
 */
export type ControlOutcome = 'not-sent' | 'refused' | 'unknown';

/** A failed call on a sandbox's control socket. */
export class ControlError extends SandshimError {
  /** The sandbox's method, e.g. `containerManager.Signal`; empty where no call was made yet. */
  readonly method: string;
  readonly outcome: ControlOutcome;

  constructor(
    code: ErrorCode,
    message: string,
    details: { readonly method?: string; readonly outcome: ControlOutcome; readonly cause?: unknown },
  ) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ControlError';
    this.method = details.method ?? '';
    this.outcome = details.outcome;
  }

  /** True where the same request may be made another way: the sandbox has surely done nothing. */
  static isHarmless(error: unknown): error is ControlError {
    return error instanceof ControlError && error.outcome !== 'unknown';
  }
}

/** The failure of a call that was sent and got no answer that counts, for this reason. */
export function unanswered(method: string, cause: unknown): ControlError {
  const code = SandshimError.is(cause) ? cause.code : 'unavailable';
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ControlError(code, `${method}: ${message}`, { method, outcome: 'unknown', cause });
}
