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

/** Reads the output of `runsc --version`: a line `runsc version V` and a line `spec: S`. */
export function parseRunscVersion(text: string): RunscVersion | undefined {
  const version = /^runsc version (\S+)$/m.exec(text)?.[1];
  const spec = /^spec: (\S+)$/m.exec(text)?.[1];
  return version === undefined || spec === undefined ? undefined : { version, spec };
}
