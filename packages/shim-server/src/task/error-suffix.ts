import { type ErrorCode, SandshimError } from '@sandshim/runsc-client';

/** How Go's errdefs end the message of an error of these codes. containerd cuts the ending off and puts its own class there. */
const endings: Partial<Record<ErrorCode, string>> = {
  not_found: 'not found',
  already_exists: 'already exists',
  failed_precondition: 'failed precondition',
  invalid_argument: 'invalid argument',
  unavailable: 'unavailable',
  unimplemented: 'not implemented',
};

/** The error with the ending that clients of the Go shims know: "container not created: not found". */
export function withErrorSuffix(failure: unknown): SandshimError {
  const error = SandshimError.from(failure);
  const ending = endings[error.code];
  if (ending === undefined || error.message.endsWith(ending)) return error;
  return new SandshimError(error.code, `${error.message}: ${ending}`, { cause: error });
}
