import type { Host } from './host.ts';

/** The version that a program's `--version` names, as it writes it: `1.1.5`, `release-20221219.0`. */
export async function toolVersion(host: Host, path: string): Promise<string | undefined> {
  const { exitCode, stdout } = await host.run(path, ['--version'], { timeoutMs: 5000 });
  if (exitCode !== 0) return undefined;
  return parseToolVersion(stdout);
}

/** Reads `runc version 1.1.5+ds1`, `runsc version release-20221219.0`, `containerd github.com/containerd/containerd 1.6.20~ds1 …`. */
export function parseToolVersion(output: string): string | undefined {
  // Debian calls runsc's release-20221219.0 by the name 0.0~20221219.0.
  const match = /(release-[0-9.]+|0\.0~[0-9.]+|\d+\.\d+(?:\.\d+)?)/.exec(output);
  return match?.[1]?.replace('0.0~', 'release-');
}
