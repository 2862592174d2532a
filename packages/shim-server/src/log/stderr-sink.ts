import { writeSync } from 'node:fs';
import type { LogSink } from './logger.ts';

/** The log of an action whose stderr containerd reads. */
export const stderrSink: LogSink = {
  write: (line) => {
    try {
      writeSync(2, line);
    } catch {
      // Nobody reads it.
    }
  },
  [Symbol.dispose]: () => undefined,
};
