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
export type { CreateContainerOptions, ProcDeps, ProcLimits, RootfsMount } from './create-options.ts';
export type { ReaperMark, ReaperOptions } from './reaper/reaper.ts';
export { Reaper } from './reaper/reaper.ts';
