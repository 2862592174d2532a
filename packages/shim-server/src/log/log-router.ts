import { openLogFifo } from './log-fifo.ts';
import type { LogSink } from './logger.ts';

/** The log of a shim that serves several bundles, whose fifos come and go with their containers. */
export interface LogRouter extends LogSink {
  /** Lines may go to this bundle's fifo from now on. */
  addBundle(bundle: string): void;
  removeBundle(bundle: string): void;
  /** Gets every line, besides the fifo, until {@link LogRouter.endMirror} of the same `owner`, which closes it. */
  mirror(sink: LogSink, owner: string): void;
  endMirror(owner: string): void;
}

/** Each line goes to the fifo of the oldest bundle that is still there, and to every mirror. */
export function createLogRouter(open: (bundle: string) => LogSink | undefined = openLogFifo): LogRouter {
  const fifos = new Map<string, LogSink>();
  const mirrors = new Map<string, LogSink>();
  const endMirror = (owner: string): void => {
    mirrors.get(owner)?.[Symbol.dispose]();
    mirrors.delete(owner);
  };
  return {
    write: (line) => {
      const [first] = fifos.values();
      first?.write(line);
      for (const sink of mirrors.values()) sink.write(line);
    },
    addBundle: (bundle) => {
      if (fifos.has(bundle)) return;
      const sink = open(bundle);
      if (sink !== undefined) fifos.set(bundle, sink);
    },
    removeBundle: (bundle) => {
      fifos.get(bundle)?.[Symbol.dispose]();
      fifos.delete(bundle);
    },
    mirror: (sink, owner) => {
      endMirror(owner);
      mirrors.set(owner, sink);
    },
    endMirror,
    [Symbol.dispose]: () => {
      for (const sink of [...fifos.values(), ...mirrors.values()]) sink[Symbol.dispose]();
      fifos.clear();
      mirrors.clear();
    },
  };
}
