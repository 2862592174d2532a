export type { RuncGlobals } from './args/runc-args.ts';
export type { RunscGlobals } from './args/runsc-args.ts';
export type { RunscFlags } from './args/runsc-flags.ts';
export type { ClientOptions } from './client-options.ts';
export type { CommandFailure } from './command-error.ts';
export { RuntimeCommandError } from './command-error.ts';
export type { Bundle, BundleOptions } from './create-bundle.ts';
export { createBundle } from './create-bundle.ts';
export type { ErrorCode } from './errors.ts';
export { SandshimError } from './errors.ts';
export type { ContainerId, ExecId, Fd, Pid } from './ids.ts';
export { parseContainerId, parseExecId, parseFd, parsePid } from './ids.ts';
export type { OciLinux, OciMount, OciProcess, OciSpec } from './oci.ts';
export type { RuntimeFeatures } from './parse/features.ts';
export type { Top } from './parse/top.ts';
export type { MemoryUsage } from './parse/usage.ts';
export type { RuntimeVersion } from './parse/version.ts';
export type { RunBundleOptions } from './run.ts';
export { run } from './run.ts';
export type { CommandOutput } from './run-command.ts';
export type { PidfdSocketOptions, RuncOptions, RuncRunOptions } from './runc.ts';
export { Runc } from './runc.ts';
export type { RunscOptions } from './runsc.ts';
export { Runsc } from './runsc.ts';
export type {
  DebugOptions,
  FsCheckpointOptions,
  PassedFd,
  PassFdOptions,
  PortForwardOptions,
  RunscCheckpointOptions,
  RunscCreateOptions,
  RunscExecOptions,
  RunscMilestone,
  RunscRunOptions,
  RunscSpecOptions,
  RunscWaitOptions,
  SpecOptions,
} from './runsc-options.ts';
export type {
  CallOptions,
  CheckpointOptions,
  ContainerState,
  ContainerStatus,
  CreateOptions,
  DeleteOptions,
  EventsOptions,
  ExecOptions,
  KillOptions,
  ListedContainer,
  ProcessResult,
  RestoreOptions,
  RunningExec,
  RunOptions,
  Runtime,
  StartExecOptions,
  StartOptions,
  WaitResult,
} from './runtime.ts';
export { codeOfRuntimeText, commandFailureOfText } from './runtime-text.ts';
export type { ShimContext } from './shim-defaults.ts';
export { runcForShim, runscForShim } from './shim-defaults.ts';
export { spawnCommand } from './spawn-command.ts';
export type { SpawnedCommand, Spawner, SpawnRequest, SpawnResult } from './spawner.ts';
export type {
  BlkioEntry,
  BlkioStats,
  Counter,
  CpuStats,
  HugetlbStats,
  MemoryEntry,
  MemoryStats,
  NetworkStats,
  PidsStats,
  RuntimeEvent,
  RuntimeStats,
} from './stats.ts';
export type { RuntimeStdio } from './stdio.ts';
export type { StartedProcess, StartProcess } from './supervise.ts';
export { supervised } from './supervise.ts';
