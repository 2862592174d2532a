import { spawnCommand } from '@sandshim/runsc-client';

const timeoutMs = 5_000;

/**
 * The major version of the containerd at `binary`; 1 if it does not say. Only a gRPC shim has to know: 1.7 takes version 2
 * of the protocol for it, 2.x version 3, and before 2.3 nothing that containerd sends tells them apart.
 */
export async function containerdMajorVersion(binary: string): Promise<number> {
  const command = spawnCommand({ file: binary, args: ['--version'], maxCaptureBytes: 4_096, timeoutMs });
  return parseContainerdMajor((await command.result).stdout);
}

/** The major version in the output of `containerd --version`; 1 if there is none. */
export function parseContainerdMajor(output: string): number {
  const match = /\bv?(\d+)\.\d+\.\d+/.exec(output);
  return match?.[1] === undefined ? 1 : Number(match[1]);
}
