import { exitCodes } from './errors/exit-codes.ts';
import { reportError } from './errors/report.ts';
import { createStyle } from './output/style.ts';
import type { Cli } from './program/cli.ts';
import { createCli } from './program/real-cli.ts';
import { parseAndRun } from './program/run-program.ts';

/** Runs the command line for `argv` (without node and script) and sets the exit status. Never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  const cli = createCli(process);
  // A reader that has gone (`sandshim ps | head -1`) is not a failure worth words.
  cli.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // A verb that listens too has something to clean up first.
    if (cli.stdout.listenerCount('error') === 1) process.exit(exitCodes.closedPipe);
  });
  process.exitCode = await runReporting(cli, argv);
}

/** Runs `argv` and turns any failure into its report on stderr. */
export async function runReporting(cli: Cli, argv: readonly string[]): Promise<number> {
  try {
    return await parseAndRun(cli, argv);
  } catch (error) {
    const style = createStyle(cli.stderr, cli.env);
    const report = reportError(error, { style, debug: argv.includes('--debug') });
    cli.stderr.write(report.text);
    return report.exitCode;
  }
}
