import { existsSync } from 'node:fs';
import { createLogRouter, type LogRouter } from '../log/log-router.ts';
import { createLogger, type Logger } from '../log/logger.ts';
import { defaultConfig, defaultConfigPath, type SandshimConfig } from '../options/sandshim-config.ts';
import type { ShimFlags } from './flags.ts';
import type { ShimProgram } from './program.ts';

/** One run of a shim's program. */
export interface Invocation {
  readonly program: ShimProgram;
  readonly flags: ShimFlags;
  readonly env: NodeJS.ProcessEnv;
  /** The folder it was started in: containerd's bundle. */
  readonly cwd: string;
  /** What Node was started with to run this program: the program's own arguments before the shim's, and the environment. */
  readonly command: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
}

/** What `start` and the server work with: configuration and log. */
export interface Equipment {
  readonly config: SandshimConfig;
  readonly logger: Logger;
  readonly log: LogRouter;
}

/**
 * Opens the bundle's log and reads the configuration, which costs nothing where there is no file.
 * @throws SandshimError `invalid_argument` for a wrong value in it.
 */
export async function equip({ flags, env, cwd }: Invocation): Promise<Equipment> {
  const log = createLogRouter();
  log.addBundle(cwd);
  const warnings: string[] = [];
  const config = await readConfig(env, (message) => warnings.push(message));
  const level = flags.debug && config.logLevel !== 'trace' ? 'debug' : config.logLevel;
  const logger = createLogger({ sink: log, level, fields: { id: flags.id, namespace: flags.namespace } });
  for (const warning of warnings) logger.log('warn', warning);
  return { config, logger, log };
}

/** @throws SandshimError `invalid_argument` for a wrong value */
export async function readConfig(env: NodeJS.ProcessEnv, warn: (message: string) => void): Promise<SandshimConfig> {
  const path = env['SANDSHIM_CONFIG'] || defaultConfigPath;
  if (!existsSync(path)) return defaultConfig;
  const { readSandshimConfig } = await import('../options/read-sandshim-config.ts');
  return readSandshimConfig(path, warn);
}
