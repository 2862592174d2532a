import type { LogLevel } from './sandshim-config.ts';

/** Which OCI runtime a shim drives. */
export type RuntimeName = 'runsc' | 'runc';

/** What one container is run with, whichever message or file it came from. */
export interface RuntimeOptions {
  readonly runtime: RuntimeName;
  /** The runtime's program: a name on PATH, or a path. */
  readonly binaryName: string;
  /** The runtime's state folder, before containerd's namespace is appended. */
  readonly root: string;
  readonly systemdCgroup: boolean;
  readonly noPivotRoot: boolean;
  readonly noNewKeyring: boolean;
  /** Owner of the container's ends of its pipes. */
  readonly ioUid: number;
  readonly ioGid: number;
  /** The cgroup that the shim itself moves to; empty: where it was started. */
  readonly shimCgroup: string;
  readonly criuImagePath: string;
  readonly criuWorkPath: string;
  /** The shim's log is to have at least these lines. Absent: the shim's own configuration says. */
  readonly logLevel?: LogLevel;
  /** A file that repeats the shim's log. */
  readonly logPath: string;
  /** Absent: the shim's own configuration says. */
  readonly grouping?: boolean;
  /** Global flags of runsc, without their dashes. */
  readonly runscConfig: Readonly<Record<string, string>>;
}

/** What a container gets when nobody says anything: what the Go shims use. */
export function defaultRuntimeOptions(runtime: RuntimeName): RuntimeOptions {
  return {
    runtime,
    binaryName: runtime,
    root: `/run/containerd/${runtime}`,
    systemdCgroup: false,
    noPivotRoot: false,
    noNewKeyring: false,
    ioUid: 0,
    ioGid: 0,
    shimCgroup: '',
    criuImagePath: '',
    criuWorkPath: '',
    logPath: '',
    runscConfig: {},
  };
}
