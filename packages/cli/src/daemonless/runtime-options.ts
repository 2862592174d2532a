import { join } from 'node:path';
import { type Any, packAny, RuncOptions, RuntimeOptions } from '@sandshim/shim-server/api';
import { CliError } from '../errors/cli-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import type { Cli } from '../program/cli.ts';
import type { ContainerOptions } from './container-options.ts';

const defaultRunscToml = '/etc/containerd/runsc.toml';

/**
 * The runtime's options as the Task service gets them: a state folder of sandshim's own; for runsc the flags of the machine's runsc.toml
 * (or of `--runtime-config`), with the network and platform that were asked for.
 * @throws CliError `invalid_argument` for a TOML that is none.
 */
export async function runtimeOptions(
  cli: Cli,
  target: { readonly options: ContainerOptions; readonly root: string },
): Promise<Any> {
  const { options, root } = target;
  const folder = join(root, options.runtime);
  if (options.runtime === 'runc') return packAny(RuncOptions, RuncOptions.create({ root: folder }));
  const { stringify } = await import('smol-toml');
  const base = await readToml(cli, options.runtimeConfig);
  const config = typeof base['runsc_config'] === 'object' ? base['runsc_config'] : {};
  const body = stringify({
    ...base,
    root: folder,
    runsc_config: {
      ...config,
      network: options.network,
      ...(options.platform === undefined ? {} : { platform: options.platform }),
    },
  });
  return packAny(RuntimeOptions, RuntimeOptions.create({ configBody: Buffer.from(body) }));
}

async function readToml(cli: Cli, given: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  const path = given ?? defaultRunscToml;
  const source = await cli.host.readText(path);
  const wrong = (why: string, cause?: unknown): CliError =>
    new CliError('invalid_argument', `${path} ${why}`, {
      exitCode: exitCodes.usage,
      advice: 'see: sandshim doctor',
      cause,
    });
  if (source === undefined && given !== undefined) throw wrong('does not exist');
  const { parse } = await import('smol-toml');
  try {
    return parse(source ?? '');
  } catch (cause) {
    throw wrong('is not TOML', cause);
  }
}
