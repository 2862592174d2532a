export { openSys } from './open-sys.ts';
export type {
  ChildExit,
  MountSpec,
  PeerCredentials,
  ProcessImage,
  Readiness,
  ReadinessWatch,
  Sys,
  WatchInterest,
  WindowSize,
} from './sys.ts';
export type { SystemErrorDetails } from './system-error.ts';
export { SystemError } from './system-error.ts';
