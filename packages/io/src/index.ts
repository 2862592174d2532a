export { type ClientFifos, makeFifos, openClientFifos } from './client/client-fifos.ts';
export { openProcessIo, type ProcessIoDeps } from './open-process-io.ts';
export type { DrainReport, IoEndpoints, OpenProcessIoOptions, ProcessIo } from './process-io.ts';
