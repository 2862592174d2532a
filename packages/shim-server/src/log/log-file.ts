import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSink } from './logger.ts';

/**
 * A file that repeats the log, for gVisor's `log_path`: a path that ends in a slash is a folder for one file per shim, and
 * `%ID%` stands for the container's id.
 * @throws what the file system throws.
 */
export function openLogFile(path: string, id: string): LogSink {
  const named = path.endsWith('/') ? join(path, 'runsc-shim-%ID%.log') : path;
  const file = named.replaceAll('%ID%', id);
  mkdirSync(dirname(file), { recursive: true });
  const fd = openSync(file, 'a', 0o644);
  let closed = false;
  return {
    write: (line) => {
      if (closed) return;
      try {
        writeSync(fd, line);
      } catch {
        // A full disk must not stop a container; the fifo still has the line.
      }
    },
    [Symbol.dispose]: () => {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
}
