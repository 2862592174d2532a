import { defaultPath, findExecutable } from '../host/find-executable.ts';
import { toolVersion } from '../host/tool-version.ts';
import { parseOutputMode } from '../output/mode.ts';
import { renderRows, type View } from '../output/view.ts';
import type { Action, Cli } from '../program/cli.ts';
import { cliVersion } from '../version.ts';

interface Component {
  readonly component: string;
  readonly version: string;
  readonly path: string;
}

const view: View<Component> = {
  id: ({ version }) => version,
  columns: [
    { title: 'COMPONENT', value: ({ component }) => component },
    { title: 'VERSION', value: ({ version }) => version },
    { title: 'PATH', value: ({ path }) => path },
  ],
};

/** `sandshim version`. */
export const version: Action = async (cli, { options }) => {
  const mode = parseOutputMode(options);
  const tools = await Promise.all(['runsc', 'runc', 'containerd'].map((name) => component(cli, name)));
  const rows = [
    { component: 'sandshim', version: cliVersion(), path: process.argv[1] ?? '' },
    { component: 'node', version: process.versions.node, path: process.execPath },
    ...tools,
  ];
  cli.stdout.write(await renderRows(rows, { view, mode, style: cli.style }));
  return 0;
};

async function component(cli: Cli, name: string): Promise<Component> {
  const path = await findExecutable(cli.host, { name, searchPath: cli.env['PATH'] ?? defaultPath });
  if (path === undefined) return { component: name, version: 'not found', path: '' };
  return { component: name, version: (await toolVersion(cli.host, path)) ?? 'unknown', path };
}
