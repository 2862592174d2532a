import { join } from 'node:path';
import { readIfThere } from '../options/read-if-there.ts';
import { defaultRuntimeOptions, type RuntimeOptions } from '../options/runtime-options.ts';
import { runtimeOptionsFromToml } from '../options/runtime-toml.ts';
import { isTable } from '../options/schema.ts';

/**
 * The options of a container that one of the Go shims made, from what it left in the bundle: on a node that was switched to
 * this shim, containerd has this one clean up after those. `undefined` if there is nothing.
 */
export function readForeignState(bundle: string, warn: (message: string) => void): RuntimeOptions | undefined {
  return readGvisorState(bundle, warn) ?? readRuncState(bundle, warn);
}

/** `{ "rootfs": …, "options": { "root": …, "binaryName": …, "runscConfig": { … } } }` */
function readGvisorState(bundle: string, warn: (message: string) => void): RuntimeOptions | undefined {
  const options = readJson(join(bundle, 'state.json'), warn)?.['options'];
  return isTable(options)
    ? runtimeOptionsFromToml(options, { source: 'state.json', runtime: 'runsc', warn })
    : undefined;
}

/** containerd-shim-runc-v2: its options, and the binary's name in a file of its own. */
function readRuncState(bundle: string, warn: (message: string) => void): RuntimeOptions | undefined {
  const options = readJson(join(bundle, 'options.json'), warn);
  const binary = readIfThere(join(bundle, 'runtime'))?.trim();
  if (options === undefined && binary === undefined) return undefined;
  const base = defaultRuntimeOptions('runc');
  const root = options?.['root'];
  return {
    ...base,
    binaryName: binary || base.binaryName,
    root: typeof root === 'string' && root !== '' ? root : base.root,
    systemdCgroup: options?.['systemd_cgroup'] === true,
  };
}

function readJson(path: string, warn: (message: string) => void): Readonly<Record<string, unknown>> | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isTable(value)) return value;
    warn(`${path}: not a JSON object`);
  } catch (error) {
    warn(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}
