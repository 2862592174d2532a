/** The gRPC status names in lower case, without `ok`. */
export type ErrorCode =
  | 'canceled'
  | 'unknown'
  | 'invalid_argument'
  | 'deadline_exceeded'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'resource_exhausted'
  | 'failed_precondition'
  | 'aborted'
  | 'out_of_range'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'data_loss'
  | 'unauthenticated';

// The packages version separately, so two copies of this class may meet in one process: instanceof would miss.
const errorBrand = Symbol.for('@sandshim/error');

/**
 * Every failure that sandshim raises. `code` is for programs, `message` for the person who has to act on it.
 * Recognise one by {@link SandshimError.is}, which also knows errors of another copy of this package.
 */
export class SandshimError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandshimError';
    this.code = code;
    Object.defineProperty(this, errorBrand, { value: true });
  }

  static is(value: unknown): value is SandshimError {
    return typeof value === 'object' && value !== null && errorBrand in value;
  }

  /** `value` itself if it is a {@link SandshimError}, else one of code `unknown` around it. */
  static from(value: unknown): SandshimError {
    if (SandshimError.is(value)) return value;
    const message = value instanceof Error ? value.message : String(value);
    return new SandshimError('unknown', message, { cause: value });
  }
}
