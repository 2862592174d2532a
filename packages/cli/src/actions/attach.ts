import { openClientFifos } from '@sandshim/io';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import { endOfOutput } from '../logs/end-of-output.ts';
import { outputOf } from '../logs/log-line.ts';
import { readLog } from '../logs/read-log.ts';
import type { Action, Cli } from '../program/cli.ts';
import { forwardSignals } from '../session/forward-signals.ts';
import { connectInput } from '../session/input.ts';
import { rawTerminal } from '../session/raw-terminal.ts';
import { runSession } from '../session/session.ts';
import { startFailure } from '../session/start-failure.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { readRecord } from '../tasks/record.ts';
import { findTask } from '../tasks/scope.ts';
import { snapshotTask, type TaskSnapshot } from '../tasks/snapshot.ts';
import { connectTask } from '../tasks/task-client.ts';

/** `sandshim attach`: connects our own streams with a running container's; the exit status is the container's. */
export const attach: Action = async (cli, invocation) => {
  const [reference = ''] = invocation.args;
  const task = await findTask(cli, invocation, reference);
  try {
    return await attachTo(cli, task);
  } catch (error) {
    throw startFailure(error, []);
  }
};

async function attachTo(cli: Cli, task: TaskFolder): Promise<number> {
  const snapshot = await snapshotTask(cli, task);
  if (snapshot.status !== 'running' && snapshot.status !== 'created' && snapshot.status !== 'paused') {
    throw new CliError('failed_precondition', `${task.id} is ${snapshot.status}`, {
      advice: `see what it said: sandshim logs ${task.id}`,
    });
  }
  if (snapshot.stdio.stdout.startsWith('binary:')) return await attachToLog(cli, task, snapshot);
  await using client = await connectTask(task);
  const end = await runSession(cli, { connect: async () => client, execId: '', endpoints: snapshot.stdio });
  if (end.kind === 'exited') return end.status;
  return end.kind === 'unread' ? exitCodes.closedPipe : leftRunning(cli);
}

// Its output belongs to the logging program: what comes into the log from now on is shown as it was written.
async function attachToLog(cli: Cli, task: TaskFolder, { stdio }: TaskSnapshot): Promise<number> {
  const log = (await readRecord(cli.host, task))?.log;
  if (log === undefined) {
    throw new CliError('failed_precondition', `the output of ${task.id} goes to a program: ${stdio.stdout}`, {
      advice: 'ask the tool that made it for its log',
    });
  }
  await using client = await connectTask(task);
  const { openSys } = await import('@sandshim/io/sys');
  using fifos = openClientFifos({ ...stdio, stdout: '', stderr: '' }, { sys: await openSys() });
  const { id } = task;
  const { terminal } = stdio;
  using _raw = rawTerminal(cli, terminal && fifos.stdin !== undefined);
  using input = connectInput(cli, {
    to: fifos.stdin,
    terminal,
    onEnd: () => void client.rpc.closeIO({ id, execId: '', stdin: true }).catch(() => undefined),
  });
  using _signals = forwardSignals(cli, { started: Promise.resolve(client), execId: '', terminal });
  const left = new AbortController();
  const shown = show(cli, { log, task, signal: left.signal });
  const detached = await Promise.race([input.detached.then(() => true), shown.then(() => false)]);
  left.abort();
  if (detached) return leftRunning(cli);
  const { exitStatus } = await snapshotTask(cli, task);
  return exitStatus ?? exitCodes.ok;
}

async function show(
  cli: Cli,
  { log, task, signal }: { readonly log: string; readonly task: TaskFolder; readonly signal: AbortSignal },
): Promise<void> {
  const pieces = readLog(log, { tail: 0, until: endOfOutput(cli, task, { signal }) });
  for await (const piece of pieces) {
    const stream = piece.stream === 'stdout' ? cli.stdout : cli.stderr;
    stream.write(outputOf(piece));
  }
}

// The shell's prompt is not to follow the container's.
function leftRunning(cli: Cli): number {
  cli.stderr.write('\n');
  return exitCodes.ok;
}
