export type { RuncGlobals } from './args/runc-args.ts';
export type { RunscGlobals } from './args/runsc-args.ts';
export type { RunscFlags } from './args/runsc-flags.ts';
export type { CommandFailure } from './command-error.ts';
export { RuntimeCommandError } from './command-error.ts';
export type { ErrorCode } from './errors.ts';
export { SandshimError } from './errors.ts';
export type { ContainerId, ExecId, Fd, Pid } from './ids.ts';
export { parseContainerId, parseExecId, parseFd, parsePid } from './ids.ts';
export type { OciLinux, OciMount, OciProcess, OciSpec } from './oci.ts';
export type { RuncOptions } from './runc.ts';
export { Runc } from './runc.ts';
export type { RunscOptions } from './runsc.ts';
export { Runsc } from './runsc.ts';
export type {
  CallOptions,
  CheckpointOptions,
  ContainerState,
  ContainerStatus,
  CreateOptions,
  DeleteOptions,
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
export type { ClientOptions } from './runtime-client.ts';
export { codeOfRuntimeText } from './runtime-text.ts';
export { spawnCommand } from './spawn-command.ts';
export type { SpawnedCommand, Spawner, SpawnRequest, SpawnResult } from './spawner.ts';
export type { RuntimeStdio } from './stdio.ts';
