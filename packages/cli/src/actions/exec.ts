import { randomBytes } from 'node:crypto';
import { packJson } from '@sandshim/shim-server/api';
import { CliError, usageError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import type { Action, Cli } from '../program/cli.ts';
import { flag } from '../program/options.ts';
import { execProcess } from '../session/exec-process.ts';
import { makeIoFolder } from '../session/io-folder.ts';
import { runSession } from '../session/session.ts';
import { startFailure } from '../session/start-failure.ts';
import { findTask, resolveScope } from '../tasks/scope.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';

const processType = 'types.containerd.io/opencontainers/runtime-spec/1/Process';

/** `sandshim exec`: runs a command in a running container; the exit status is the command's. */
export const exec: Action = async (cli, invocation) => {
  const [reference = '', ...command] = invocation.args;
  if (command.length === 0) throw usageError('exec needs a command to run', { verb: 'exec' });
  try {
    return await execCommand(cli, { invocation, reference, command });
  } catch (error) {
    throw startFailure(error, command);
  }
};

async function execCommand(
  cli: Cli,
  call: { readonly invocation: Parameters<Action>[1]; readonly reference: string; readonly command: readonly string[] },
): Promise<number> {
  const { invocation, reference, command } = call;
  const { options } = invocation;
  const terminal = flag(options, 'tty');
  const interactive = flag(options, 'interactive');
  requireTerminal(cli, { terminal, interactive });
  const task = await findTask(cli, invocation, reference);
  const process = await execProcess(cli, { task, args: command, terminal, options });
  await using client = await connectTask(task);
  const { id } = task;
  const execId = `exec-${randomBytes(6).toString('hex')}`;
  const request = { id, execId, spec: packJson(processType, process) };
  if (flag(options, 'detach')) {
    await client.rpc.exec({ ...request, stdin: '', stdout: '', stderr: '', terminal });
    await client.rpc.start({ id, execId });
    cli.stdout.write(`${execId}\n`);
    return exitCodes.ok;
  }
  const { root } = resolveScope(cli, invocation).locations;
  await using folder = await makeIoFolder(root, { stdin: interactive, terminal });
  let known = false;
  try {
    const end = await runSession(cli, {
      connect: async () => {
        await client.rpc.exec({ ...request, ...folder.endpoints });
        known = true;
        return client;
      },
      execId,
      endpoints: folder.endpoints,
      start: () => client.rpc.start({ id, execId }),
      remove: () => client.rpc.delete({ id, execId }),
      abandon: () => endExec(client, execId),
    });
    return end.kind === 'exited' ? end.status : end.kind === 'unread' ? exitCodes.closedPipe : exitCodes.ok;
  } catch (error) {
    // An exec that could not start stays known to its shim until it is removed.
    if (known) await client.rpc.delete({ id, execId }).catch(() => undefined);
    throw error;
  }
}

// Each step may fail for what has ended by itself meanwhile.
async function endExec({ rpc, task: { id } }: TaskClient, execId: string): Promise<void> {
  await rpc.kill({ id, execId, signal: 9, all: false }).catch(() => undefined);
  await rpc.wait({ id, execId }, { timeoutMs: 5000 }).catch(() => undefined);
  await rpc.delete({ id, execId }).catch(() => undefined);
}

/** @throws CliError `invalid_argument` where a terminal is asked for and our own stdin is none. */
export function requireTerminal(cli: Cli, wanted: { readonly terminal: boolean; readonly interactive: boolean }): void {
  if (!wanted.terminal || !wanted.interactive || cli.stdin.isTTY === true) return;
  throw new CliError('invalid_argument', 'stdin is not a terminal, but -t asks for one', {
    exitCode: exitCodes.usage,
    advice: 'leave out -t, or run it from a terminal',
  });
}
