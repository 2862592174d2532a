import { parseOutputMode } from '../output/mode.ts';
import type { Action } from '../program/cli.ts';
import { readSpec } from '../tasks/bundle.ts';
import { readRecord } from '../tasks/record.ts';
import { listTasks, pickTask, resolveScope } from '../tasks/scope.ts';
import { snapshotTask } from '../tasks/snapshot.ts';

/** `sandshim inspect`: everything that the shim and the bundle tell of each container, as JSON. */
export const inspect: Action = async (cli, invocation) => {
  const mode = parseOutputMode(invocation.options);
  const scope = resolveScope(cli, invocation);
  const tasks = await listTasks(cli, scope);
  const rows = await Promise.all(
    invocation.args.map(async (reference) => {
      const task = pickTask(tasks, reference, scope);
      const [snapshot, record, spec] = await Promise.all([
        snapshotTask(cli, task),
        readRecord(cli.host, task),
        readSpec(cli.host, task).catch(() => undefined),
      ]);
      return { ...snapshot, shim: task.address, record, spec };
    }),
  );
  cli.stdout.write(
    mode.kind === 'template'
      ? rows.map((row) => `${mode.template(row)}\n`).join('')
      : `${JSON.stringify(rows, null, 2)}\n`,
  );
  return 0;
};
