import { usageError } from '../errors/cli-error.ts';
import { humanAge, humanBytes } from '../output/humanise.ts';
import { parseOutputMode } from '../output/mode.ts';
import { withProgress } from '../output/progress.ts';
import { renderRows, type View } from '../output/view.ts';
import type { Action, Cli, Invocation } from '../program/cli.ts';
import { flag } from '../program/options.ts';
import { type ExaminedShim, examineShim } from '../shims/examine-shim.ts';
import { findShims } from '../shims/find-shims.ts';
import { reapShim } from '../shims/reap.ts';
import { resolveLocations, stateFolders } from '../state/locations.ts';
import { findTaskFolders } from '../state/task-folders.ts';

/** `sandshim shims`: every shim on this machine; with --reap those that leak are ended. */
export const shims: Action = async (cli, invocation) => {
  const mode = parseOutputMode(invocation.options);
  const pids = invocation.args.map(parsePid);
  const found = await withProgress(cli, 'asking every shim', () => examineAll(cli, invocation));
  const chosen = pids.length === 0 ? found : found.filter(({ shim }) => pids.includes(shim.pid));
  if (flag(invocation.options, 'reap')) {
    for (const examined of chosen.filter(({ leak }) => leak !== undefined)) {
      const how = await withProgress(cli, `reaping ${examined.shim.pid}`, () => reapShim(cli, examined));
      cli.stdout.write(`${examined.shim.pid} ${how}\n`);
    }
    return 0;
  }
  cli.stdout.write(await renderRows(chosen, { view: shimView(cli.now()), mode, style: cli.style }));
  return 0;
};

async function examineAll(cli: Cli, { options }: Invocation): Promise<readonly ExaminedShim[]> {
  const states = stateFolders(resolveLocations(cli.env, options));
  const [processes, tasks] = await Promise.all([findShims(cli.host), findTaskFolders(cli.host, { states })]);
  return await Promise.all(processes.map((shim) => examineShim(cli, shim, tasks)));
}

function parsePid(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw usageError(`${JSON.stringify(text)} is not a pid`, { verb: 'shims' });
}

function shimView(now: Date): View<ExaminedShim> {
  return {
    id: ({ shim }) => String(shim.pid),
    data: ({ shim, version, containers, leak }) => ({ ...shim, version, containers, leak }),
    columns: [
      { title: 'PID', align: 'right', value: ({ shim }) => String(shim.pid) },
      { title: 'SHIM', value: ({ shim }) => shim.name.replace('containerd-shim-', '') },
      { title: 'TASK API', value: ({ version }) => (version === undefined ? '?' : `v${version}`) },
      { title: 'NAMESPACE', value: ({ shim }) => shim.namespace },
      { title: 'CONTAINERS', value: ({ containers, shim }) => containers.join(', ') || `(${shim.id})` },
      {
        title: 'MEMORY',
        align: 'right',
        value: ({ shim }) => (shim.memory === undefined ? '' : humanBytes(shim.memory)),
      },
      { title: 'STARTED', value: ({ shim }) => (shim.startedAt === undefined ? '' : humanAge(shim.startedAt, now)) },
      {
        title: 'STATE',
        value: ({ leak }, style) => (leak === undefined ? style.green('in use') : style.red(`leaks: ${leak}`)),
      },
    ],
  };
}
