export { anyTypeName, packAny, packJson, unpackAny, unpackJson } from './any.ts';
export {
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskIO,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
} from './gen/containerd/events/task.ts';
export { CheckpointOptions, Options as RuncOptions, ProcessDetails } from './gen/containerd/runc/v1/options.ts';
export {
  BootstrapParams,
  BootstrapResult,
  Capability,
  Extension,
  LogLevel,
} from './gen/containerd/runtime/bootstrap/v1/bootstrap.ts';
export {
  CreateSandboxRequest,
  CreateSandboxResponse,
  PingRequest,
  PingResponse,
  PlatformRequest,
  PlatformResponse,
  SandboxDefinition,
  SandboxMetricsRequest,
  SandboxMetricsResponse,
  SandboxStatusRequest,
  SandboxStatusResponse,
  ShutdownSandboxRequest,
  ShutdownSandboxResponse,
  StartSandboxRequest,
  StartSandboxResponse,
  StopSandboxRequest,
  StopSandboxResponse,
  WaitSandboxRequest,
  WaitSandboxResponse,
} from './gen/containerd/runtime/sandbox/v1/sandbox.ts';
export { EventsDefinition, ForwardRequest } from './gen/containerd/services/events/ttrpc/v1/events.ts';
export {
  EventsDefinition as GrpcEventsDefinition,
  PublishRequest,
  SubscribeRequest,
} from './gen/containerd/services/events/v1/events.ts';
export { TaskDefinition as TaskV2Definition } from './gen/containerd/task/v2/task.ts';
export {
  CheckpointTaskRequest,
  CloseIORequest,
  ConnectRequest,
  ConnectResponse,
  CreateTaskRequest,
  CreateTaskResponse,
  DeleteRequest,
  DeleteResponse,
  ExecProcessRequest,
  KillRequest,
  PauseRequest,
  PidsRequest,
  PidsResponse,
  ResizePtyRequest,
  ResumeRequest,
  ShutdownRequest,
  StartRequest,
  StartResponse,
  StateRequest,
  StateResponse,
  StatsRequest,
  StatsResponse,
  TaskDefinition as TaskV3Definition,
  UpdateTaskRequest,
  WaitRequest,
  WaitResponse,
} from './gen/containerd/task/v3/task.ts';
export { Envelope } from './gen/containerd/types/envelope.ts';
export { Metric } from './gen/containerd/types/metric.ts';
export { Mount } from './gen/containerd/types/mount.ts';
export { Platform } from './gen/containerd/types/platform.ts';
export { ProcessInfo, Status } from './gen/containerd/types/process.ts';
export { RuntimeInfo, RuntimeVersion } from './gen/containerd/types/runtime-info.ts';
export { Options as LegacyRuntimeOptions } from './gen/cri/runtimeoptions/v1/options.ts';
export { Any } from './gen/google/protobuf/any.ts';
export { Empty } from './gen/google/protobuf/empty.ts';
export { Timestamp } from './gen/google/protobuf/timestamp.ts';
export * as cgroupsV1 from './gen/io/containerd/cgroups/v1/metrics.ts';
export * as cgroupsV2 from './gen/io/containerd/cgroups/v2/metrics.ts';
export { Options as RuntimeOptions } from './gen/runtimeoptions/v1/options.ts';
export type { MessageCodec, NamedMessageCodec } from './message.ts';
export { dateFromTimestamp, goZeroTime, timestampFromDate } from './timestamp.ts';
