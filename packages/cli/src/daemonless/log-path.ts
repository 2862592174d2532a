import { join } from 'node:path';
import { ownBinFolder } from '../program/bin-folder.ts';
import type { Cli } from '../program/cli.ts';

const defaultRoot = '/run/sandshim';
// /run is memory; logs belong on a disk.
const defaultLogs = '/var/lib/sandshim/logs';

/** Where a container's log goes: SANDSHIM_LOGS, else /var/lib/sandshim/logs, or below a state folder that is not the usual one. */
export function logPath(
  cli: Pick<Cli, 'env'>,
  container: { readonly root: string; readonly namespace: string; readonly id: string },
): string {
  const { root, namespace, id } = container;
  const folder = cli.env['SANDSHIM_LOGS'] ?? (root === defaultRoot ? defaultLogs : join(root, 'logs'));
  return join(folder, namespace, `${id}.log`);
}

/** The output address that has a shim start sandshim's own logging program. */
export function logProgram(cli: Pick<Cli, 'env'>, log: string): string {
  return `binary://${join(ownBinFolder(cli.env) ?? '', 'sandshim')}?__log=${encodeURIComponent(log)}`;
}
