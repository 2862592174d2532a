import { usageError } from '../errors/cli-error.ts';
import { createHost } from '../host/real-host.ts';
import { parseOutputMode } from '../output/mode.ts';
import { withProgress } from '../output/progress.ts';
import { renderRows } from '../output/view.ts';
import type { Action, Cli, Invocation } from '../program/cli.ts';
import { flag, text, texts } from '../program/options.ts';
import { resolveLocations } from '../state/locations.ts';
import type { DoctorContext } from './check.ts';
import { checks } from './checks/index.ts';
import { type Examined, examine, mend } from './examine.ts';
import { findingRows, findingView, formatExamined } from './format.ts';

/** `sandshim doctor`. */
export const doctor: Action = async (cli, invocation) => {
  const mode = parseOutputMode(invocation.options);
  const chosen = chooseChecks(texts(invocation.options, 'only'));
  const context = doctorContext(cli, invocation);
  let examined = await withProgress(cli, 'examining this machine', () => examine(chosen, context));
  if (flag(invocation.options, 'fix')) {
    for (const { detail, error } of await mend(examined)) {
      const outcome = error === undefined ? 'mended' : `could not mend (${String(error)})`;
      cli.stderr.write(`${outcome}: ${detail}\n`);
    }
    examined = await withProgress(cli, 'examining it again', () => examine(chosen, context));
  }
  cli.stdout.write(
    mode.kind === 'table'
      ? formatExamined(examined, cli.style)
      : await renderRows(findingRows(examined), { view: findingView, mode, style: cli.style }),
  );
  return hasFailed(examined) ? 1 : 0;
};

function chooseChecks(only: readonly string[]): typeof checks {
  const known = checks.map(({ id }) => id);
  const unknown = only.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw usageError(`no check is called ${unknown}; there are ${known.join(', ')}`, { verb: 'doctor' });
  return only.length === 0 ? checks : checks.filter(({ id }) => only.includes(id));
}

function doctorContext(cli: Cli, { options }: Invocation): DoctorContext {
  const prefix = text(options, 'prefix');
  const locations = resolveLocations(cli.env, options);
  return {
    host: prefix === undefined ? cli.host : createHost({ root: prefix }),
    env: cli.env,
    uid: cli.uid,
    nodeVersion: process.versions.node,
    paths: {
      ...locations,
      containerdConfig: '/etc/containerd/config.toml',
      shimSockets: '/run/containerd/s',
      runscToml: '/etc/containerd/runsc.toml',
    },
  };
}

function hasFailed(examined: readonly Examined[]): boolean {
  return examined.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fail'));
}
