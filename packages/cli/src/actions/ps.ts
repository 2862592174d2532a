import { humanAge } from '../output/humanise.ts';
import { parseOutputMode } from '../output/mode.ts';
import { withProgress } from '../output/progress.ts';
import type { Style } from '../output/style.ts';
import type { Column } from '../output/table.ts';
import { renderRows, type View } from '../output/view.ts';
import type { Action } from '../program/cli.ts';
import { flag, negated } from '../program/options.ts';
import { listTasks, resolveScope } from '../tasks/scope.ts';
import { snapshotTask, type TaskSnapshot, type TaskStatus } from '../tasks/snapshot.ts';

/** `sandshim ps`: every task of the scope, and what its shim says of it. */
export const ps: Action = async (cli, invocation) => {
  const { options } = invocation;
  const mode = parseOutputMode(options);
  const scope = resolveScope(cli, invocation);
  const tasks = await listTasks(cli, scope);
  const snapshots = await withProgress(cli, `asking ${tasks.length} shims`, () =>
    Promise.all(tasks.map((task) => snapshotTask(cli, task))),
  );
  const shown = flag(options, 'running') ? snapshots.filter(({ status }) => status === 'running') : snapshots;
  const view = psView({
    now: cli.now(),
    allNamespaces: scope.namespace === undefined,
    full: negated(options, 'trunc'),
  });
  cli.stdout.write(await renderRows(shown, { view, mode, style: cli.style }));
  return 0;
};

function psView(options: {
  readonly now: Date;
  readonly allNamespaces: boolean;
  readonly full: boolean;
}): View<TaskSnapshot> {
  const { now, allNamespaces, full } = options;
  const namespace: Column<TaskSnapshot> = { title: 'NAMESPACE', value: (row) => row.namespace };
  return {
    id: ({ id }) => id,
    columns: [
      ...(allNamespaces ? [namespace] : []),
      { title: 'ID', value: ({ id }) => (full ? id : shortId(id)) },
      { title: 'COMMAND', value: ({ command }) => commandText(command, full) },
      { title: 'STATUS', value: (row, style) => statusText(row, { now, style }) },
      { title: 'PID', align: 'right', value: ({ pid }) => (pid === undefined ? '' : String(pid)) },
      { title: 'RUNTIME', value: ({ runtime }) => runtime },
      { title: 'MADE BY', value: ({ origin }) => origin },
      { title: 'CREATED', value: ({ createdAt }) => (createdAt === undefined ? '' : humanAge(createdAt, now)) },
    ],
  };
}

const colours: Readonly<Partial<Record<TaskStatus, 'green' | 'yellow' | 'red' | 'dim'>>> = {
  running: 'green',
  paused: 'yellow',
  pausing: 'yellow',
  dead: 'red',
  unknown: 'red',
  stopped: 'dim',
  exited: 'dim',
};

function statusText(row: TaskSnapshot, { now, style }: { readonly now: Date; readonly style: Style }): string {
  const colour = colours[row.status];
  const paint = colour === undefined ? (text: string): string => text : style[colour];
  if (row.exitStatus !== undefined) {
    const when = row.exitedAt === undefined ? '' : ` ${humanAge(row.exitedAt, now)}`;
    return paint(`${row.status} (${row.exitStatus})${when}`);
  }
  return paint(row.note === undefined ? row.status : `${row.status}: ${row.note}`);
}

// Ids of Kubernetes and docker are 64 digits, of which 12 tell one from another.
function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}

function commandText(command: readonly string[], full: boolean): string {
  const text = command.join(' ').replaceAll(/\s+/g, ' ');
  return full || text.length <= 30 ? text : `${text.slice(0, 29)}…`;
}
