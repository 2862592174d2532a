export type { DrainReport, IoEndpoints, OpenProcessIoOptions, ProcessIo } from './process-io.ts';
