import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { LogFile } from './log-file.ts';

// The descriptors of containerd's protocol for logging programs.
const stdoutFd = 3;
const stderrFd = 4;
const readyFd = 5;

/**
 * The logging program that a shim starts for a detached container: copies both outputs into the log until both have ended. It outlives
 * whoever ran the command line, and a killed shim too: the pipes are the container's.
 */
export async function runLogProgram(path: string): Promise<void> {
  // Output that is still in the pipes is worth more than a quick end; the shim waits a while before it insists.
  process.on('SIGTERM', () => undefined);
  using log = new LogFile(path);
  const outputs = [
    copy(stdoutFd, (chunk) => log.write('stdout', chunk)),
    copy(stderrFd, (chunk) => log.write('stderr', chunk)),
  ];
  closeSync(readyFd);
  await Promise.all(outputs);
}

function copy(fd: number, write: (chunk: Uint8Array) => void): Promise<void> {
  return new Promise((resolve) => {
    const source = new Socket({ fd, readable: true, writable: false });
    source.on('data', write);
    source.on('error', () => source.destroy());
    source.once('close', () => resolve());
  });
}
