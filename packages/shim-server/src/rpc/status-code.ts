import { type ErrorCode, SandshimError } from '@sandshim/runsc-client';

// google.rpc.Code, in its own order: a code's index is its number. The only place where codes and numbers meet.
const codes = [
  'ok',
  'canceled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const satisfies readonly (ErrorCode | 'ok')[];

// What an error that is not ours says of itself: errno names, and the names of the platform's own abort errors.
const foreignCodes: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['ENOENT', 'not_found'],
  ['EEXIST', 'already_exists'],
  ['EACCES', 'permission_denied'],
  ['EPERM', 'permission_denied'],
  ['EINVAL', 'invalid_argument'],
  ['AbortError', 'canceled'],
  ['TimeoutError', 'deadline_exceeded'],
]);

/** An error as it travels, over ttrpc and gRPC alike. */
export interface StatusParts {
  readonly code: number;
  readonly message: string;
}

/** The number on the wire of a code. */
export function statusNumber(code: ErrorCode): number {
  return codes.indexOf(code);
}

/** What a failure of a handler becomes on the wire. One that has no code, neither ours nor the system's, is `unknown`. */
export function statusFromError(error: unknown): StatusParts {
  const failure = SandshimError.from(error);
  const code = SandshimError.is(error) ? failure.code : (foreignCode(error) ?? 'unknown');
  return { code: statusNumber(code), message: failure.message };
}

/** The error that a status stands for; `undefined` for success. A number that nobody assigned is `unknown`. */
export function errorFromStatus(status: StatusParts | undefined): SandshimError | undefined {
  const code = codes[status?.code ?? 0] ?? 'unknown';
  return code === 'ok' ? undefined : new SandshimError(code, status?.message ?? '');
}

function foreignCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  return ('code' in error ? foreignCodes.get(error.code) : undefined) ?? foreignCodes.get(error.name);
}
