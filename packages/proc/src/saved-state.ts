import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { rootfsOf } from './rootfs/rootfs.ts';

/** What a later process must know to clean up after a shim that was killed. */
export interface SavedState {
  readonly runtime: 'runsc' | 'runc';
  /** The runtime's binary; a name is looked up in PATH. */
  readonly binary: string;
  /** The runtime's `--root`. */
  readonly root: string;
  /** runc: `--systemd-cgroup`. */
  readonly systemdCgroup?: boolean;
  /** runsc: further global flags. */
  readonly flags?: Readonly<Record<string, string>>;
}

const ownFile = 'sandshim.json';

/**
 * Writes `state` into the bundle, and what the reference shims would find: `runtime` and `options.json` of
 * containerd-shim-runc-v2, `state.json` of gVisor's shim. All are for root alone.
 */
export async function saveState(bundle: string, state: SavedState): Promise<void> {
  const { runtime, binary, root, systemdCgroup, flags } = state;
  const files: Readonly<Record<string, string>> =
    runtime === 'runc'
      ? {
          runtime: binary,
          'options.json': JSON.stringify({ binary_name: binary, root, ...(systemdCgroup && { systemd_cgroup: true }) }),
        }
      : {
          'state.json': JSON.stringify({
            rootfs: rootfsOf(bundle),
            options: { binaryName: binary, root, runscConfig: flags ?? {} },
          }),
        };
  await writeFile(join(bundle, ownFile), JSON.stringify(state), { mode: 0o600 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(bundle, name), text, { mode: 0o600 });
}

/** What {@link saveState} wrote; `undefined` if it never came so far. @throws SandshimError `data_loss` if it is damaged */
export async function loadState(bundle: string): Promise<SavedState | undefined> {
  const file = join(bundle, ownFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    // Without the file there is nothing to clean up that it would tell of.
    return undefined;
  }
  try {
    return parseSavedState(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SandshimError('data_loss', `${file} is damaged: ${why}`, { cause });
  }
}

/** @throws TypeError that names the field */
export function parseSavedState(value: unknown): SavedState {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  const { runtime, binary, root, systemdCgroup, flags } = value as Readonly<Record<string, unknown>>;
  if (runtime !== 'runsc' && runtime !== 'runc') throw new TypeError('runtime is neither runsc nor runc');
  if (typeof binary !== 'string' || binary === '') throw new TypeError('binary is not a name or path');
  if (typeof root !== 'string' || root === '') throw new TypeError('root is not a path');
  return {
    ...{ runtime, binary, root },
    ...(systemdCgroup === true ? { systemdCgroup } : {}),
    ...(flags === undefined ? {} : { flags: parseFlags(flags) }),
  };
}

function parseFlags(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('flags is not an object');
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, flag]) => {
      if (typeof flag !== 'string') throw new TypeError(`flags.${name} is not a string`);
      return [name, flag];
    }),
  );
}
