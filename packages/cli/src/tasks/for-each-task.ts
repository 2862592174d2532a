import { reportError } from '../errors/report.ts';
import { createStyle } from '../output/style.ts';
import type { Cli, Invocation } from '../program/cli.ts';
import { flag } from '../program/options.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { listTasks, pickTask, resolveScope } from './scope.ts';

/**
 * Does something to each named container and prints the id of each that it was done to. One that fails is told on stderr and does not
 * stop the others; the answer is the exit status: 0, or 1 when one failed.
 */
export async function forEachTask(
  cli: Cli,
  invocation: Invocation,
  act: (task: TaskFolder) => Promise<string | undefined>,
): Promise<number> {
  const scope = resolveScope(cli, invocation);
  const tasks = await listTasks(cli, scope);
  const style = createStyle(cli.stderr, cli.env);
  const outcomes = await Promise.all(
    invocation.args.map(async (reference) => {
      try {
        const task = pickTask(tasks, reference, scope);
        cli.stdout.write(`${(await act(task)) ?? task.id}\n`);
        return 0;
      } catch (error) {
        const report = reportError(error, { style, debug: flag(invocation.options, 'debug') });
        cli.stderr.write(report.text);
        return report.exitCode;
      }
    }),
  );
  return Math.max(0, ...outcomes);
}
