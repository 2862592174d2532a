import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LogSink } from './logger.ts';

/**
 * The fifo `log` in a bundle, which containerd copies to its own log; `undefined` if it cannot be opened. Opened for
 * reading too, so that a containerd that restarts costs neither an error nor a line. When nobody reads and the fifo is
 * full, lines are dropped and counted; the next one that fits says how many.
 */
export function openLogFifo(bundle: string): LogSink | undefined {
  const fd = open(join(bundle, 'log'));
  if (fd === undefined) return undefined;
  let dropped = 0;
  let closed = false;
  const put = (text: string): boolean => {
    try {
      writeSync(fd, text);
      return true;
    } catch {
      // Full: EAGAIN.
      return false;
    }
  };
  return {
    write: (line) => {
      if (closed) return;
      // With its notice in one piece: a notice alone would fit where the line does not.
      const notice = dropped > 0 ? `level=warning msg="${dropped} lines of the shim's log were dropped"\n` : '';
      dropped = put(notice + line) ? 0 : dropped + 1;
    },
    [Symbol.dispose]: () => {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch {
    // No bundle of containerd's: nobody would read it.
    return undefined;
  }
}
