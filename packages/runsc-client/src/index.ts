export type { ErrorCode } from './errors.ts';
export { SandshimError } from './errors.ts';
export type { ContainerId, ExecId, Fd, Pid } from './ids.ts';
export { parseContainerId, parseExecId, parseFd, parsePid } from './ids.ts';
export type { OciLinux, OciMount, OciProcess, OciSpec } from './oci.ts';
export type {
  CallOptions,
  CheckpointOptions,
  ContainerState,
  CreateOptions,
  DeleteOptions,
  ExecOptions,
  KillOptions,
  RestoreOptions,
  RunOptions,
  Runtime,
  StartOptions,
  WaitResult,
} from './runtime.ts';
export type { SpawnedCommand, Spawner, SpawnRequest, SpawnResult } from './spawner.ts';
export type { RuntimeStdio } from './stdio.ts';
