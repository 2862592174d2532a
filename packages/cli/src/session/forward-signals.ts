import { SandshimError } from '@sandshim/runsc-client';
import type { Cli } from '../program/cli.ts';
import { namedSignal } from '../tasks/signals.ts';
import type { TaskClient } from '../tasks/task-client.ts';

/**
 * Sends the signals that this command gets to the process instead, and the window's size when it changes. The third SIGINT or SIGTERM in
 * a row ends the command itself, for a process that does not listen.
 */
export function forwardSignals(
  cli: Cli,
  target: { readonly client: TaskClient; readonly execId: string; readonly terminal: boolean },
): Disposable {
  const { client, execId, terminal } = target;
  const { id } = client.task;
  let asked = 0;
  const resize = (): void => {
    const { columns, rows } = cli.stdout;
    if (!terminal || columns === undefined || rows === undefined) return;
    ignoreFailure(client.rpc.resizePty({ id, execId, width: columns, height: rows }));
  };
  resize();
  return cli.takeSignals((name) => {
    if (name === 'SIGWINCH') {
      resize();
      return;
    }
    if (name === 'SIGCONT') return;
    const signal = namedSignal(name);
    if (signal === undefined) return;
    asked += name === 'SIGINT' || name === 'SIGTERM' ? 1 : 0;
    if (asked >= 3) process.exit(128 + signal);
    ignoreFailure(client.rpc.kill({ id, execId, signal, all: false }));
  });
}

// The process may have ended a moment ago; its status is on its way.
function ignoreFailure(call: Promise<unknown>): void {
  call.catch((error: unknown) => {
    if (!SandshimError.is(error)) throw error;
  });
}
