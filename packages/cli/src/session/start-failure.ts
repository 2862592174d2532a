import { commandFailureOfText, SandshimError } from '@sandshim/runsc-client';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';

/** A failure to start a process, with docker's exit status for it: 127, 126, or 125 where it is not the command's fault. */
export function startFailure(error: unknown, command: readonly string[]): CliError {
  if (error instanceof CliError && error.exitCode !== exitCodes.failure) return error;
  const failure = SandshimError.from(error);
  const name = command[0] ?? '';
  switch (commandFailureOfText(failure.message)) {
    case 'not-found':
      return new CliError('not_found', `${name}: no such command in the container`, {
        exitCode: exitCodes.notFound,
        advice: 'name it by its full path inside the container',
        cause: error,
      });
    case 'not-executable':
      return new CliError('permission_denied', `${name}: cannot be executed in the container`, {
        exitCode: exitCodes.notExecutable,
        advice: 'it has to be an executable file (chmod +x)',
        cause: error,
      });
    case undefined:
      return new CliError(failure.code, failure.message, {
        exitCode: exitCodes.usage,
        ...(error instanceof CliError && error.advice !== undefined ? { advice: error.advice } : {}),
        cause: error,
      });
  }
}
