import type { OpenProcessIoOptions, ProcessIo } from '@sandshim/io';
import type { MountSpec, Sys } from '@sandshim/io/sys';
import type { CallOptions, ContainerId, Pid, Runtime } from '@sandshim/runsc-client';
import type { OomSys } from './cgroup/oom-watch.ts';
import type { ContainerEvent } from './container.ts';
import type { Reaper, ReaperSys } from './reaper/reaper.ts';
import type { SavedState } from './saved-state.ts';

/** One mount of a container's root file system; its target defaults to the bundle's `rootfs`. */
export type RootfsMount = Omit<MountSpec, 'target'> & { readonly target?: string };

/** How a container is to be made. */
export interface CreateContainerOptions extends CallOptions {
  readonly id: ContainerId;
  /** Folder with config.json. */
  readonly bundle: string;
  readonly namespace: string;
  /** Mounted over the bundle's `rootfs` in this order; none: the bundle already has one. */
  readonly rootfs?: readonly RootfsMount[];
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  /** Folder of a checkpoint that `start` restores from; then nothing runs before. */
  readonly checkpoint?: string;
  /** Written into the bundle, for `cleanUpContainer` in a later process. */
  readonly saved?: SavedState;
  /** Owner of the pipes' ends that the container gets. */
  readonly ioUid?: number;
  readonly ioGid?: number;
  /** runc: MS_MOVE instead of pivot_root. */
  readonly noPivotRoot?: boolean;
  /** runc: keep the session keyring of the caller. */
  readonly noNewKeyring?: boolean;
  /** runc: folder for criu's own logs. Default: the bundle's `work`. */
  readonly criuWorkPath?: string;
}

/** Bounds, in milliseconds. */
export interface ProcLimits {
  /** For output that is still on its way when a process is deleted. Default 10 000. */
  readonly drainMs: number;
  /** For each runtime command that comes without a bound of its own. Default 60 000. */
  readonly commandMs: number;
  /** For a container's execs to end once its init has; then they are killed, and after as long again given up. Default 5 000. */
  readonly execExitMs: number;
}

/** The system calls that containers need. */
export type ProcSys = ReaperSys & OomSys & Pick<Sys, 'mount' | 'unmount' | 'pidfdDescriptor'>;

/** What containers stand on. One object per shim. */
export interface ProcDeps {
  readonly runtime: Runtime;
  readonly sys: ProcSys;
  readonly reaper: Reaper;
  readonly openIo: (options: OpenProcessIoOptions) => Promise<ProcessIo>;
  /** Called in order, synchronously; must not throw. */
  readonly onEvent: (event: ContainerEvent) => void;
  readonly limits?: Partial<ProcLimits>;
  /** What went wrong without anybody to tell it to (a clean-up that failed). */
  readonly onWarning?: (message: string, cause: unknown) => void;
  readonly now?: () => Date;
  /** kill(2); false if there is no such process. Default: `process.kill`. */
  readonly kill?: (pid: Pid, signal: number) => boolean;
}
