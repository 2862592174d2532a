import { constants } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Fd } from '@sandshim/runsc-client';
import type { IoEndpoints } from '../process-io.ts';
import type { Sys } from '../sys/index.ts';

/** The other side of a process's fifos: what containerd's clients hold. Owns its descriptors. */
export interface ClientFifos extends Disposable {
  /** Absent where the process has no stdin. Ending it closes this side; the shim has to be told by CloseIO as well. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  /** Absent with a terminal. */
  readonly stderr: Readable | undefined;
}

/** Makes the fifos for a process in `folder`, which has to exist. The names are those that `ctr` uses. */
export function makeFifos(
  folder: string,
  options: { readonly sys: Sys; readonly stdin: boolean; readonly terminal: boolean },
): IoEndpoints {
  const { sys, stdin, terminal } = options;
  const make = (name: string, wanted: boolean): string => {
    if (!wanted) return '';
    const path = join(folder, name);
    sys.mkfifo(path, 0o600);
    return path;
  };
  return { stdin: make('stdin', stdin), stdout: make('stdout', true), stderr: make('stderr', !terminal), terminal };
}

/**
 * Opens a client's side of existing fifos, without waiting for the process's side: output ends when the last writer has gone,
 * never before the first one came.
 * @throws SystemError `not_found` for a fifo that is not there
 */
export function openClientFifos(endpoints: IoEndpoints, { sys }: { readonly sys: Sys }): ClientFifos {
  const opened: Socket[] = [];
  const open = (path: string, side: 'reader' | 'writer'): Socket | undefined => {
    if (path === '') return undefined;
    const socket = openSocket(sys, { path, side });
    opened.push(socket);
    return socket;
  };
  const dispose = (): void => {
    for (const socket of opened) socket.destroy();
  };
  try {
    return {
      stdin: open(endpoints.stdin, 'writer'),
      stdout: open(endpoints.stdout, 'reader'),
      stderr: endpoints.terminal ? undefined : open(endpoints.stderr, 'reader'),
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function openSocket(sys: Sys, { path, side }: { readonly path: string; readonly side: 'reader' | 'writer' }): Socket {
  // A writer that is its own reader opens before the process does, and is not broken when it leaves.
  const mode = side === 'reader' ? constants.O_RDONLY : constants.O_RDWR;
  const fd: Fd = sys.open(path, mode | constants.O_NONBLOCK);
  return new Socket({ fd, readable: side === 'reader', writable: side === 'writer' });
}
