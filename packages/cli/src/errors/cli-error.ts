import { type ErrorCode, SandshimError } from '@sandshim/runsc-client';
import { exitCodes } from './exit-codes.ts';

export interface CliErrorOptions extends ErrorOptions {
  /** What the reader can do about it: one short sentence, best a command. */
  readonly advice?: string;
  /** Exit status of the command; 1 unless given. */
  readonly exitCode?: number;
}

/** A failure that is told in one or two lines: what failed and why is the message, what to do next is `advice`. */
export class CliError extends SandshimError {
  readonly advice: string | undefined;
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, options: CliErrorOptions = {}) {
    super(code, message, options);
    this.name = 'CliError';
    this.advice = options.advice;
    this.exitCode = options.exitCode ?? exitCodes.failure;
  }
}

/** Wrong usage: exit status 125, and the verb's help as advice. */
export function usageError(message: string, options: { readonly verb?: string } = {}): CliError {
  const help = options.verb === undefined ? 'sandshim --help' : `sandshim ${options.verb} --help`;
  return new CliError('invalid_argument', message, { exitCode: exitCodes.usage, advice: `see: ${help}` });
}
