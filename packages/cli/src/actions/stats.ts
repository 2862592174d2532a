import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseOutputMode } from '../output/mode.ts';
import { withProgress } from '../output/progress.ts';
import { renderRows } from '../output/view.ts';
import type { Action, Cli, Invocation } from '../program/cli.ts';
import { negated } from '../program/options.ts';
import type { TaskFolder } from '../state/task-folders.ts';
import { type Sample, type StatsRow, statsRow, takeSample } from '../stats/sample.ts';
import { statsView } from '../stats/view.ts';
import { listTasks, pickTask, resolveScope } from '../tasks/scope.ts';

const intervalMs = 1000;

/** `sandshim stats`: a table that renews itself each second on a terminal, one table otherwise and with --no-stream. */
export const stats: Action = async (cli, invocation) => {
  const mode = parseOutputMode(invocation.options);
  const view = statsView(availableParallelism());
  const render = (rows: readonly StatsRow[]): Promise<string> => renderRows(rows, { view, mode, style: cli.style });
  const once = negated(invocation.options, 'stream') || (cli.stdout.isTTY !== true && mode.kind === 'table');
  let before = await sampleAll(cli, await chosenTasks(cli, invocation));
  const next = async (signal?: AbortSignal): Promise<readonly StatsRow[]> => {
    await sleep(intervalMs, undefined, signal === undefined ? {} : { signal });
    const samples = await sampleAll(cli, await chosenTasks(cli, invocation));
    const rows = samples.map((sample) =>
      statsRow(
        sample,
        before.find(({ task }) => task.bundle === sample.task.bundle),
      ),
    );
    before = samples;
    return rows;
  };
  if (once) {
    cli.stdout.write(await render(await withProgress(cli, 'measuring for a second', () => next())));
    return 0;
  }
  await streamTable(cli, { next, render, redraw: mode.kind === 'table' });
  return 0;
};

async function chosenTasks(cli: Cli, invocation: Invocation): Promise<readonly TaskFolder[]> {
  const scope = resolveScope(cli, invocation);
  const tasks = await listTasks(cli, scope);
  return invocation.args.length === 0 ? tasks : invocation.args.map((reference) => pickTask(tasks, reference, scope));
}

function sampleAll(cli: Cli, tasks: readonly TaskFolder[]): Promise<readonly Sample[]> {
  return Promise.all(tasks.map((task) => takeSample(cli, task)));
}

interface StreamOptions {
  readonly next: (signal: AbortSignal) => Promise<readonly StatsRow[]>;
  readonly render: (rows: readonly StatsRow[]) => Promise<string>;
  /** Draw over the last table instead of below it. */
  readonly redraw: boolean;
}

// Until a signal ends it. The cursor is hidden meanwhile, and shown again however it ends.
async function streamTable(cli: Cli, { next, render, redraw }: StreamOptions): Promise<void> {
  const controller = new AbortController();
  using _signals = cli.takeSignals((signal) => {
    if (signal !== 'SIGWINCH' && signal !== 'SIGCONT') controller.abort();
  });
  let lines = 0;
  if (redraw) cli.stdout.write('\u001b[?25l');
  try {
    for (;;) {
      const text = await render(await next(controller.signal));
      cli.stdout.write(redraw && lines > 0 ? `\u001b[${lines}A\u001b[J${text}` : text);
      lines = text.split('\n').length - 1;
    }
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  } finally {
    // The terminal has shown ctrl-C where the cursor was.
    if (redraw) cli.stdout.write('\n\u001b[?25h');
  }
}
