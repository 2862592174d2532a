import { parseVersion } from '../parse/version.ts';
import { spawnCommand } from '../spawn-command.ts';
import type { Spawner } from '../spawner.ts';

/** What `runsc --version` says. */
export interface RunscVersion {
  readonly version: string;
  /** The version of the OCI runtime spec that it reports in its states. */
  readonly spec: string;
}

/** Asks a runsc binary; `undefined` where it is none, or does not answer in time. */
export async function askRunscVersion(
  file: string,
  options: { readonly spawner?: Spawner | undefined; readonly timeoutMs?: number } = {},
): Promise<RunscVersion | undefined> {
  const { spawner = spawnCommand, timeoutMs = 10_000 } = options;
  const { exitCode, stdout } = await spawner({ file, args: ['--version'], maxCaptureBytes: 4_096, timeoutMs }).result;
  return exitCode === 0 ? parseRunscVersion(stdout) : undefined;
}

/** Reads the output of `runsc --version`. */
export function parseRunscVersion(text: string): RunscVersion | undefined {
  if (!text.startsWith('runsc version ')) return undefined;
  const { version, spec } = parseVersion(text);
  return spec === undefined ? undefined : { version, spec };
}
