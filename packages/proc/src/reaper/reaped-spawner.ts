import { Socket } from 'node:net';
import { constants } from 'node:os';
import { type ChildExit, type Sys, SystemError } from '@sandshim/io/sys';
import {
  type Fd,
  type Spawner,
  type SpawnRequest,
  type SpawnResult,
  type StartedProcess,
  supervised,
} from '@sandshim/runsc-client';
import type { Reaper } from './reaper.ts';

/** The system calls that {@link reapedSpawner} needs. */
export type SpawnSys = Pick<Sys, 'spawn' | 'pipe' | 'close'>;

/**
 * A {@link Spawner} whose children are the reaper's and not libuv's. It makes them by posix_spawn: libuv forks, which for a process
 * of Node's size takes ten times as long, and the whole event loop waits.
 */
export function reapedSpawner(sys: SpawnSys, reaper: Pick<Reaper, 'endOf'>): Spawner {
  return supervised((request) => {
    using streams = new Streams(sys, request);
    const { file, args, cwd, env = process.env } = request;
    const pid = spawn(sys, {
      ...{ file, args, env, descriptors: streams.ofChild },
      ...(cwd !== undefined && { cwd }),
    });
    return { pid, ...streams.take(), ended: reaper.endOf(pid).then(resultOf) };
  });
}

/** In the words of Node, which are the spawner's. */
function spawn(sys: SpawnSys, image: Parameters<Sys['spawn']>[0]) {
  try {
    return sys.spawn(image);
  } catch (cause) {
    if (!SystemError.hasErrno(cause)) throw cause;
    throw Object.assign(new Error(cause.message, { cause }), { code: cause.errno, syscall: cause.syscall });
  }
}

function resultOf(exit: ChildExit): Pick<SpawnResult, 'exitCode' | 'signal'> {
  if (exit.kind === 'exited') return { exitCode: exit.code };
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  const signal = names.find(([, number]) => number === exit.signal)?.[0];
  // A real-time signal has no name.
  return signal === undefined ? { exitCode: 128 + exit.signal } : { signal };
}

type StreamName = 'stdin' | 'stdout' | 'stderr';

/** A command's descriptors, and this side of those that are pipes. Disposing closes the command's side, and ours if nobody took it. */
class Streams implements Disposable {
  readonly ofChild: readonly (Fd | null)[];
  readonly #sys: SpawnSys;
  readonly #theirs: Fd[] = [];
  #ours: Partial<Record<StreamName, Socket>> = {};

  constructor(sys: SpawnSys, { stdio, input, extraFds = [] }: SpawnRequest) {
    this.#sys = sys;
    try {
      const own = stdio ?? {
        stdin: input === undefined ? null : this.#pipe('stdin'),
        stdout: this.#pipe('stdout'),
        stderr: this.#pipe('stderr'),
      };
      this.ofChild = [own.stdin, own.stdout, own.stderr, ...extraFds];
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** They are the caller's from now on. */
  take(): Pick<StartedProcess, StreamName> {
    const taken = this.#ours;
    this.#ours = {};
    return taken;
  }

  #pipe(name: StreamName): Fd {
    const { read, write } = this.#sys.pipe();
    const [ours, theirs] = name === 'stdin' ? [write, read] : [read, write];
    this.#theirs.push(theirs);
    this.#ours[name] = new Socket({ fd: ours, readable: ours === read, writable: ours === write });
    return theirs;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#theirs) this.#sys.close(fd);
    for (const socket of Object.values(this.#ours)) socket.destroy();
  }
}
