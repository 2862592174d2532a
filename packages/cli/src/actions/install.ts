import { join } from 'node:path';
import { CliError } from '../errors/cli-error.ts';
import { createHost } from '../host/real-host.ts';
import { describe, perform } from '../install/perform.ts';
import { defaultInstallPaths, type InstallPaths, planInstall, planUninstall, type Step } from '../install/plan.ts';
import { ownBinFolder } from '../program/bin-folder.ts';
import type { Action, Cli, Invocation } from '../program/cli.ts';
import { flag, text } from '../program/options.ts';

/** `sandshim install`. */
export const install: Action = async (cli, invocation) => await carryOut(cli, invocation, planInstall);

/** `sandshim uninstall`. */
export const uninstall: Action = async (cli, invocation) => await carryOut(cli, invocation, planUninstall);

async function carryOut(cli: Cli, invocation: Invocation, plan: typeof planInstall): Promise<number> {
  const { options } = invocation;
  const prefix = text(options, 'prefix');
  const host = prefix === undefined ? cli.host : createHost({ root: prefix });
  const dryRun = flag(options, 'dryRun');
  const steps = await plan(host, { paths: installPaths(options), ownBin: requireBin(cli) });
  if (steps.length === 0) cli.stdout.write('nothing to do\n');
  for (const step of steps) {
    if (!dryRun) await performed(cli, () => perform(host, step), step);
    cli.stdout.write(`${describe(step, { style: cli.style, full: dryRun })}\n`);
  }
  return 0;
}

function installPaths(options: Invocation['options']): InstallPaths {
  const etc = text(options, 'etc');
  const binFolder = text(options, 'binDir') ?? defaultInstallPaths.binFolder;
  if (etc === undefined) return { ...defaultInstallPaths, binFolder };
  const config = join(etc, 'containerd/config.toml');
  return {
    binFolder,
    config,
    dropIns: join(etc, 'containerd/conf.d'),
    runtimeClass: join(etc, 'sandshim/runtimeclass.yaml'),
  };
}

function requireBin(cli: Cli): string {
  const folder = ownBinFolder(cli.env);
  if (folder !== undefined) return folder;
  throw new CliError('not_found', 'the shims are not built', { advice: 'npm run build, or SANDSHIM_BIN=FOLDER' });
}

async function performed(cli: Cli, act: () => Promise<void>, step: Step): Promise<void> {
  try {
    await act();
  } catch (cause) {
    const path = 'path' in step ? step.path : '';
    throw new CliError(
      'permission_denied',
      `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        advice: cli.uid === 0 ? 'see whether its file system is read-only' : 'run it as root (sudo sandshim install)',
        cause,
      },
    );
  }
}
