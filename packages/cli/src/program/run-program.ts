import { CommanderError } from 'commander';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import { cliVersion } from '../version.ts';
import { buildProgram } from './build-program.ts';
import type { Cli } from './cli.ts';

/**
 * Parses `argv` and runs its verb to the end; the answer is the exit status.
 * @throws CliError for wrong usage (125), and whatever the verb throws.
 */
export async function parseAndRun(cli: Cli, argv: readonly string[]): Promise<number> {
  let status: number = exitCodes.ok;
  const onExit = (verbStatus: number): void => {
    status = verbStatus;
  };
  const program = buildProgram(cli, { version: cliVersion(), onExit });
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.ok;
    throw asUsageError(error, argv);
  }
  return status;
}

function asUsageError(error: CommanderError, argv: readonly string[]): CliError {
  const verb = argv.find((argument) => !argument.startsWith('-'));
  const known = error.code !== 'commander.unknownCommand' && verb !== undefined;
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return new CliError('invalid_argument', message, {
    exitCode: exitCodes.usage,
    advice: `see: sandshim ${known ? `${verb} ` : ''}--help`,
    cause: error,
  });
}
