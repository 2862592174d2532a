import { type ContainerOptions, parseContainerOptions } from '../daemonless/container-options.ts';
import { layOutContainer, type NewContainer } from '../daemonless/create-container.ts';
import { createTask } from '../daemonless/create-task.ts';
import { recordExit, releaseTask, removeFiles } from '../daemonless/release.ts';
import { watchInBackground } from '../daemonless/watch.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import { LogFile } from '../logs/log-file.ts';
import { withProgress } from '../output/progress.ts';
import type { Action, Cli } from '../program/cli.ts';
import { flag } from '../program/options.ts';
import { runSession, type SessionEnd } from '../session/session.ts';
import { startFailure } from '../session/start-failure.ts';
import { resolveScope, type Scope } from '../tasks/scope.ts';
import type { TaskClient } from '../tasks/task-client.ts';
import { requireTerminal } from './exec.ts';

// What timeout(1) answers.
const timedOutStatus = 124;
const sigKill = 9;

/** `sandshim run`: a container without a daemon; the exit status is the container's. */
export const run: Action = async (cli, invocation) => {
  const options = parseContainerOptions(invocation);
  const detached = flag(invocation.options, 'detach');
  const scope = resolveScope(cli, invocation);
  if (!detached) requireTerminal(cli, options);
  try {
    const container = await layOutContainer(cli, { scope, options, detached });
    return detached
      ? await runDetached(cli, { container, options, scope })
      : await runAttached(cli, { container, options, scope });
  } catch (error) {
    throw startFailure(error, options.command);
  }
};

interface RunTarget {
  readonly container: NewContainer;
  readonly options: ContainerOptions;
  readonly scope: Scope;
}

async function runDetached(cli: Cli, { container, options, scope }: RunTarget): Promise<number> {
  const { task } = container;
  await using client = await created(cli, container, scope);
  await orRemove(cli, { container, client }, () => client.rpc.start({ id: task.id, execId: '' }));
  if (options.autoRemove || options.timeoutMs !== undefined) await watchInBackground(cli, { task, scope });
  cli.stdout.write(`${task.id}\n`);
  return exitCodes.ok;
}

async function runAttached(cli: Cli, { container, options, scope }: RunTarget): Promise<number> {
  const { task, record } = container;
  let client: TaskClient | undefined;
  try {
    using log = options.autoRemove || record.log === undefined ? undefined : new LogFile(record.log);
    const outcome = await runSession(cli, {
      connect: async () => {
        client = await withProgress(cli, 'starting', () => created(cli, container, scope));
        return client;
      },
      execId: '',
      endpoints: container.endpoints,
      start: (connected) => connected.rpc.start({ id: task.id, execId: '' }),
      timeoutMs: options.timeoutMs,
      onOutput: log === undefined ? undefined : (stream, chunk) => log.write(stream, chunk),
      abandon: end,
      remove: async (connected, { status, exitedAt }) => {
        await releaseTask(connected);
        if (options.autoRemove) await removeFiles(cli, { task, log: record.log });
        else await recordExit(cli, { task, record, exit: { status, exitedAt } });
      },
    });
    return await concluded(cli, { outcome, container, scope, options });
  } catch (error) {
    if (client !== undefined) await end(client);
    await removeFiles(cli, { task, log: record.log });
    throw error;
  } finally {
    await client?.[Symbol.asyncDispose]();
  }
}

async function concluded(cli: Cli, result: RunTarget & { readonly outcome: SessionEnd }): Promise<number> {
  const { outcome, container, scope, options } = result;
  const { task, record } = container;
  switch (outcome.kind) {
    case 'exited':
      return outcome.status;
    case 'detached':
      // The shell's prompt is not to follow the container's.
      cli.stderr.write('\n');
      if (options.autoRemove) await watchInBackground(cli, { task, scope });
      return exitCodes.ok;
    case 'timed-out':
    case 'unread': {
      const timedOut = outcome.kind === 'timed-out';
      if (options.autoRemove) await removeFiles(cli, { task, log: record.log });
      else await recordExit(cli, { task, record, exit: { status: 128 + sigKill, exitedAt: cli.now() } });
      if (timedOut) cli.stderr.write(`sandshim: ${task.id} was ended: its time was up\n`);
      return timedOut ? timedOutStatus : exitCodes.closedPipe;
    }
  }
}

/** A shim with the container created in it; the bundle is removed where that fails. */
async function created(cli: Cli, container: NewContainer, scope: Scope): Promise<TaskClient> {
  const { task, record, endpoints, options } = container;
  try {
    return await createTask(cli, { task, launcher: record.shim, root: scope.locations.root, endpoints, options });
  } catch (error) {
    await removeFiles(cli, { task, log: record.log });
    throw error;
  }
}

async function orRemove<T>(
  cli: Cli,
  made: { readonly container: NewContainer; readonly client: TaskClient },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await end(made.client);
    await removeFiles(cli, { task: made.container.task, log: made.container.record.log });
    throw error;
  }
}

/** Kills what runs, waits for it, and releases the shim. */
async function end(client: TaskClient): Promise<void> {
  const { id } = client.task;
  await client.rpc.kill({ id, execId: '', signal: sigKill, all: true }).catch(() => undefined);
  await client.rpc.wait({ id, execId: '' }, { timeoutMs: 10_000 }).catch(() => undefined);
  await releaseTask(client).catch(() => undefined);
}
