export type { ChildExit, MountSpec, PeerCredentials, Readiness, ReadinessWatch, Sys, WindowSize } from './sys.ts';
