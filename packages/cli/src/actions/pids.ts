import { ProcessDetails, unpackAny } from '@sandshim/shim-server/api';
import { humanBytes } from '../output/humanise.ts';
import { parseOutputMode } from '../output/mode.ts';
import { renderRows, type View } from '../output/view.ts';
import type { Action, Cli } from '../program/cli.ts';
import { findTask } from '../tasks/scope.ts';
import { connectTask } from '../tasks/task-client.ts';

/** A process of a container. For runsc the pid is the one inside the sandbox, of which the host knows nothing more. */
interface ProcessRow {
  readonly pid: number;
  readonly execId: string | undefined;
  readonly user: string | undefined;
  readonly memory: number | undefined;
  readonly state: string | undefined;
  readonly command: string | undefined;
}

/** `sandshim pids`. */
export const pids: Action = async (cli, invocation) => {
  const mode = parseOutputMode(invocation.options);
  const task = await findTask(cli, invocation, invocation.args[0] ?? '');
  await using client = await connectTask(task);
  const [{ processes }, state] = await Promise.all([
    client.rpc.pids({ id: task.id }),
    client.rpc.state({ id: task.id, execId: '' }),
  ]);
  // Pids of a sandbox begin at 1 and are not the host's: the init process's host pid is not among them.
  const onHost = processes.some(({ pid }) => pid === state.pid);
  const rows = await Promise.all(
    processes.map(async ({ pid, info }) => {
      const details = info === undefined ? undefined : unpackAny(ProcessDetails, info);
      return { pid, execId: details?.execId, ...(onHost ? await hostFacts(cli, pid) : unknownFacts) };
    }),
  );
  cli.stdout.write(await renderRows(rows, { view: onHost ? hostView : sandboxView, mode, style: cli.style }));
  return 0;
};

const unknownFacts = { user: undefined, memory: undefined, state: undefined, command: undefined };

async function hostFacts(cli: Cli, pid: number): Promise<Omit<ProcessRow, 'pid' | 'execId'>> {
  const [status = '', cmdline = ''] = await Promise.all([
    cli.host.readText(`/proc/${pid}/status`),
    cli.host.readText(`/proc/${pid}/cmdline`),
  ]);
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
  const memory = field('VmRSS');
  return {
    user: field('Uid'),
    memory: memory === undefined ? undefined : Number(memory) * 1024,
    state: field('State'),
    command: cmdline.replaceAll('\0', ' ').trim() || field('Name'),
  };
}

const sandboxView: View<ProcessRow> = {
  id: ({ pid }) => String(pid),
  columns: [
    { title: 'PID', align: 'right', value: ({ pid }) => String(pid) },
    { title: 'EXEC', value: ({ execId }) => execId ?? '' },
  ],
};

const hostView: View<ProcessRow> = {
  ...sandboxView,
  columns: [
    ...sandboxView.columns,
    { title: 'UID', align: 'right', value: ({ user }) => user ?? '' },
    { title: 'STATE', value: ({ state }) => state ?? '' },
    { title: 'MEMORY', align: 'right', value: ({ memory }) => (memory === undefined ? '' : humanBytes(memory)) },
    { title: 'COMMAND', value: ({ command }) => command ?? '' },
  ],
};
