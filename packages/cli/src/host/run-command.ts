import { execa } from 'execa';
import type { CommandResult, RunCommandOptions } from './host.ts';

/** Runs a command to its end and returns what it said. Never rejects. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  const result = await execa(file, [...args], {
    reject: false,
    stdin: 'ignore',
    forceKillAfterDelay: 500,
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  return {
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.exitCode === undefined && result.stderr === '' ? (result.shortMessage ?? '') : result.stderr,
    timedOut: result.timedOut,
  };
}
