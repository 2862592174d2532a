import { SandshimError } from '@sandshim/runsc-client';
import type { Style } from '../output/style.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

export interface ErrorReport {
  /** One or two lines; with `debug` the stack, and its causes, follow. */
  readonly text: string;
  readonly exitCode: number;
}

const adviceByErrno: Readonly<Record<string, string>> = {
  EACCES: 'run it as root (sudo sandshim …)',
  EPERM: 'run it as root (sudo sandshim …)',
  ENOSPC: 'free some space on that file system',
  EMFILE: 'raise the limit of open files (ulimit -n)',
};

/** Says what failed, why, and what to do next. Never throws. */
export function reportError(error: unknown, options: { readonly style: Style; readonly debug: boolean }): ErrorReport {
  const { style, debug } = options;
  const lines = [`${style.red('sandshim:')} ${firstLine(messageOf(error))}`];
  const advice = adviceFor(error);
  if (advice !== undefined) lines.push(`  ${style.cyan('→')} ${advice}`);
  if (debug) lines.push(style.dim(stackOf(error)));
  return { text: `${lines.join('\n')}\n`, exitCode: error instanceof CliError ? error.exitCode : exitCodes.failure };
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return String(error);
}

// A runtime's message may carry a whole log behind its first line.
function firstLine(message: string): string {
  const [line = ''] = message.trim().split('\n', 1);
  return line;
}

function adviceFor(error: unknown): string | undefined {
  if (error instanceof CliError) return error.advice;
  if (SandshimError.is(error)) {
    if (error.code === 'permission_denied') return 'run it as root (sudo sandshim …)';
    if (error.code === 'unavailable') return 'see what is wrong on this machine: sandshim doctor';
    return undefined;
  }
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  return adviceByErrno[errno] ?? 'run it again with --debug to see where it comes from';
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
