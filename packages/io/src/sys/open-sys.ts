import { descriptorCalls } from './descriptor-calls.ts';
import { Libc } from './libc.ts';
import { memoryCalls } from './memory-calls.ts';
import { mountCalls } from './mount-calls.ts';
import { processCalls } from './process-calls.ts';
import { socketCalls } from './socket-calls.ts';
import { spawnCalls } from './spawn-calls.ts';
import type { Sys } from './sys.ts';
import { terminalCalls } from './terminal-calls.ts';
import { Watcher } from './watcher.ts';

/**
 * The real system calls. Loads koffi (about 10 ms) at its first call in a process, and no earlier: a program that only
 * imports this module pays nothing. One instance serves a whole program.
 * @throws SandshimError `unimplemented` on another system than glibc's Linux on x64 or arm64
 */
export async function openSys(): Promise<Sys> {
  const koffi = await import('koffi');
  const libc = new Libc(koffi);
  const watcher = new Watcher(koffi, libc);
  const descriptors = descriptorCalls(libc);
  return {
    ...descriptors,
    ...processCalls(libc),
    ...memoryCalls(libc),
    ...mountCalls(libc),
    ...socketCalls(libc),
    ...spawnCalls(libc, descriptors),
    ...terminalCalls(libc),
    watch: (fd, interest, listener) => watcher.watch(fd, interest, listener),
  };
}
