export { type ClientFifos, makeFifos, openClientFifos } from './client/client-fifos.ts';
export { ConsoleSocket } from './console/console-socket.ts';
export type { CopyEnd } from './copy/copier.ts';
export { type CopyOptions, type RunningCopy, startCopy } from './copy/start-copy.ts';
export { type LoggerCommand, type OutputEndpoint, parseOutputEndpoint } from './endpoint.ts';
export { FifoReader, type OpenFifoOptions, openFifoReader } from './fifo/fifo-reader.ts';
export { FifoWriter, openFifoWriter } from './fifo/fifo-writer.ts';
export { openProcessIo, type ProcessIoDeps } from './open-process-io.ts';
export type { DrainReport, IoEndpoints, OpenProcessIoOptions, ProcessIo } from './process-io.ts';
