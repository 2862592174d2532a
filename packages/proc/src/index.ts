export type {
  Container,
  ContainerEvent,
  ContainerPid,
  ContainerProcess,
  ExecRequest,
  ProcessExit,
  ProcessSnapshot,
  ProcessStatus,
} from './container.ts';
