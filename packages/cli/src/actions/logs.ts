import { CliError } from '../errors/cli-error.ts';
import { endOfOutput } from '../logs/end-of-output.ts';
import { type LogPiece, outputOf } from '../logs/log-line.ts';
import { readLog } from '../logs/read-log.ts';
import type { Action, Cli } from '../program/cli.ts';
import { flag, numeric, text } from '../program/options.ts';
import { readRecord } from '../tasks/record.ts';
import { findTask } from '../tasks/scope.ts';
import { parseSince } from './events.ts';

/** `sandshim logs`: what a container that sandshim made has said, stdout to stdout and stderr to stderr. */
export const logs: Action = async (cli, invocation) => {
  const { options } = invocation;
  const since = parseSince(text(options, 'since'), cli.now());
  const tail = numeric(options, 'tail');
  const task = await findTask(cli, invocation, invocation.args[0] ?? '');
  const record = await readRecord(cli.host, task);
  if (record?.log === undefined) {
    throw new CliError('failed_precondition', `${task.id} was not made by sandshim, which therefore has no log of it`, {
      advice: 'ask who made it: kubectl logs, nerdctl logs, or the fifos that inspect shows',
    });
  }
  const timestamps = flag(options, 'timestamps');
  const until = flag(options, 'follow') ? endOfOutput(cli, task) : undefined;
  for await (const piece of readLog(record.log, { since, tail, until })) print(cli, piece, timestamps);
  return 0;
};

function print(cli: Cli, piece: LogPiece, timestamps: boolean): void {
  const stream = piece.stream === 'stdout' ? cli.stdout : cli.stderr;
  if (timestamps) stream.write(`${piece.time.toISOString()} `);
  stream.write(outputOf(piece));
}
