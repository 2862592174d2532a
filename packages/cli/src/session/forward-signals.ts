import { SandshimError } from '@sandshim/runsc-client';
import type { Cli } from '../program/cli.ts';
import { namedSignal } from '../tasks/signals.ts';
import type { TaskClient } from '../tasks/task-client.ts';

/**
 * Sends the signals that this command gets to the process instead, and the window's size when it changes; what comes before the process
 * runs is sent then. The third SIGINT or SIGTERM ends the command itself, for a process that does not listen.
 */
export function forwardSignals(
  cli: Cli,
  target: { readonly started: Promise<TaskClient>; readonly execId: string; readonly terminal: boolean },
): Disposable {
  const { started, execId, terminal } = target;
  let asked = 0;
  const resize = (client: TaskClient): Promise<unknown> => {
    const { columns, rows } = cli.stdout;
    if (!terminal || columns === undefined || rows === undefined) return Promise.resolve();
    return client.rpc.resizePty({ id: client.task.id, execId, width: columns, height: rows });
  };
  const onceStarted = (act: (client: TaskClient) => Promise<unknown>): void => {
    started.then(act).catch((error: unknown) => {
      // The process may have ended a moment ago, or never started: either is told elsewhere.
      if (!SandshimError.is(error)) throw error;
    });
  };
  onceStarted(resize);
  return cli.takeSignals((name) => {
    if (name === 'SIGWINCH') onceStarted(resize);
    if (name === 'SIGWINCH' || name === 'SIGCONT') return;
    const signal = namedSignal(name);
    if (signal === undefined) return;
    asked += name === 'SIGINT' || name === 'SIGTERM' ? 1 : 0;
    if (asked >= 3) process.exit(128 + signal);
    onceStarted(({ rpc, task }) => rpc.kill({ id: task.id, execId, signal, all: false }));
  });
}
