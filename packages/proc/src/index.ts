export type {
  BlkioEntry,
  BlkioV1,
  CgroupV1Metrics,
  CgroupV2Metrics,
  ContainerMetrics,
  Counter,
  CpuV1,
  CpuV2,
  HugetlbV1,
  HugetlbV2,
  IoV2Entry,
  MemoryEntry,
  MemoryEventsV2,
  MemoryOomControl,
  MemoryV1,
  MemoryV2,
  NetworkMetrics,
  PidsMetrics,
} from './cgroup/metrics.ts';
export { memoryV1StatNames, memoryV2StatNames } from './cgroup/metrics.ts';
export type { CleanedUp, CleanUpOptions } from './clean-up.ts';
export { cleanUpContainer } from './clean-up.ts';
export type {
  CheckpointRequest,
  Container,
  ContainerEvent,
  ContainerPid,
  ContainerProcess,
  ExecRequest,
  ProcessExit,
  ProcessSnapshot,
  ProcessStatus,
} from './container.ts';
export { createContainer } from './create-container.ts';
export type { CreateContainerOptions, ProcDeps, ProcLimits, ProcSys, RootfsMount } from './create-options.ts';
export { reapedSpawner, type SpawnSys } from './reaper/reaped-spawner.ts';
export type { ReaperMark, ReaperOptions, ReaperSys } from './reaper/reaper.ts';
export { Reaper } from './reaper/reaper.ts';
export type { SavedState } from './saved-state.ts';
export { loadState, parseSavedState, saveState } from './saved-state.ts';
export type { ContainerType } from './spec/container-type.ts';
export { containerType } from './spec/container-type.ts';
export type { LoadedSpec } from './spec/read-spec.ts';
export { readSpec } from './spec/read-spec.ts';
export type { SandboxLogs } from './spec/sandbox-logs.ts';
export { sandboxLogs } from './spec/sandbox-logs.ts';
export type { ExecOperation, ExecStatus, ExecTable } from './states/exec-table.ts';
export { execTable } from './states/exec-table.ts';
export type { InitOperation, InitStatus, InitTable } from './states/init-table.ts';
export { initTableOf, runcInitTable, runscInitTable } from './states/init-table.ts';
export type { Cell, StateTable } from './states/table.ts';
