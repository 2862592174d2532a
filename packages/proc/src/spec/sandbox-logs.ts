import { join } from 'node:path';
import type { OciSpec } from '@sandshim/runsc-client';

/** Files next to the pod's other logs. */
export interface SandboxLogs {
  /** What runsc tells the container's user; for `create --user-log` of a sandbox root. */
  readonly userLog: string;
  /** Where the sandbox writes a panic; runsc's global flag `--panic-log`. */
  readonly panicLog: string;
}

/** The annotation of containerd's CRI plug-in that names the folder of a pod's logs. */
export const sandboxLogDirectoryKey = 'io.kubernetes.cri.sandbox-log-directory';

/** gVisor's names for them, below the folder that CRI names; `undefined` when it names none. */
export function sandboxLogs({ annotations }: Pick<OciSpec, 'annotations'>): SandboxLogs | undefined {
  const folder = annotations?.[sandboxLogDirectoryKey];
  if (!folder) return undefined;
  return { userLog: join(folder, 'gvisor.log'), panicLog: join(folder, 'gvisor_panic.log') };
}
