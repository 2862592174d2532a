import { resolve } from 'node:path';
import { parseContainerId } from '@sandshim/runsc-client';
import { CliError, usageError } from '../errors/cli-error.ts';
import type { Invocation } from '../program/cli.ts';
import { bytes, durationMs, flag, numeric, text, texts } from '../program/options.ts';

/** A folder of the host that the container sees. */
export interface Volume {
  readonly source: string;
  readonly destination: string;
  readonly readonly: boolean;
}

/** What `run` and `create` were told of the container. */
export interface ContainerOptions {
  /** `undefined`: one is made up. */
  readonly id: string | undefined;
  readonly runtime: 'runsc' | 'runc';
  readonly source: { readonly kind: 'bundle' | 'rootfs'; readonly path: string };
  readonly command: readonly string[];
  readonly terminal: boolean;
  readonly interactive: boolean;
  readonly autoRemove: boolean;
  readonly network: 'none' | 'host';
  readonly env: readonly string[];
  readonly workdir: string | undefined;
  readonly user: string | undefined;
  readonly volumes: readonly Volume[];
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly pidsLimit: number | undefined;
  readonly readOnly: boolean;
  readonly timeoutMs: number | undefined;
  readonly platform: string | undefined;
  readonly runtimeConfig: string | undefined;
}

/** @throws CliError `invalid_argument` with docker's status 125. */
export function parseContainerOptions({ verb, args, options }: Invocation): ContainerOptions {
  const [bundle, rootfs] = [text(options, 'bundle'), text(options, 'rootfs')];
  if ((bundle === undefined) === (rootfs === undefined)) {
    throw usageError('say what to run with --rootfs FOLDER or --bundle FOLDER, one of them', { verb });
  }
  if (bundle === undefined && args.length === 0) throw usageError('a rootfs needs a command to run', { verb });
  const cpus = numeric(options, 'cpus');
  if (cpus === 0) throw usageError('--cpus is 0', { verb });
  const pidsLimit = numeric(options, 'pidsLimit', { min: 1 });
  return {
    id: parseName(text(options, 'name'), verb),
    runtime: text(options, 'runtime') === 'runc' ? 'runc' : 'runsc',
    source:
      bundle === undefined
        ? { kind: 'rootfs', path: resolve(rootfs ?? '') }
        : { kind: 'bundle', path: resolve(bundle) },
    command: args,
    terminal: flag(options, 'tty'),
    interactive: flag(options, 'interactive'),
    autoRemove: flag(options, 'rm'),
    network: text(options, 'network') === 'host' ? 'host' : 'none',
    env: texts(options, 'env'),
    workdir: text(options, 'workdir'),
    user: text(options, 'user'),
    volumes: texts(options, 'volume').map((volume) => parseVolume(volume, verb)),
    memoryBytes: bytes(options, 'memory'),
    cpus,
    pidsLimit,
    readOnly: flag(options, 'readOnly'),
    timeoutMs: durationMs(options, 'timeout'),
    platform: text(options, 'platform'),
    runtimeConfig: text(options, 'runtimeConfig'),
  };
}

function parseName(name: string | undefined, verb: string): string | undefined {
  if (name === undefined) return undefined;
  try {
    return parseContainerId(name);
  } catch (cause) {
    throw new CliError('invalid_argument', `--name ${JSON.stringify(name)} is not a valid name`, {
      exitCode: 125,
      advice: `letters, digits, and . _ - between them, 76 at most; see: sandshim ${verb} --help`,
      cause,
    });
  }
}

/** `SRC:DST[:ro|:rw]` */
function parseVolume(volume: string, verb: string): Volume {
  const [source = '', destination = '', mode = 'rw', ...more] = volume.split(':');
  const modeKnown = mode === 'ro' || mode === 'rw';
  if (source === '' || !destination.startsWith('/') || !modeKnown || more.length > 0) {
    throw usageError(`--volume ${JSON.stringify(volume)} is not SOURCE:/DESTINATION or SOURCE:/DESTINATION:ro`, {
      verb,
    });
  }
  return { source: resolve(source), destination, readonly: mode === 'ro' };
}
