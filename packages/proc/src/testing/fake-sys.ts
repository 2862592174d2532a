import { EventEmitter } from 'node:events';
import type { ChildExit, MountSpec } from '@sandshim/io/sys';
import { type Pid, parseFd, parsePid, SandshimError } from '@sandshim/runsc-client';
import type { ProcSys } from '../create-options.ts';

/** A kernel without anything in it but children, which the test makes and ends. */
export interface FakeSys extends ProcSys {
  /** Emits SIGCHLD, as `process` does. */
  readonly signals: EventEmitter;
  /** What was called, with its first argument. */
  readonly calls: string[];
  readonly mounts: MountSpec[];
  /** A child of this process, which runs. */
  fork(pid: number): Pid;
  /** Ends a child; SIGCHLD is to be emitted by the test. */
  end(pid: number, how: { readonly code: number } | { readonly signal: number }): void;
  failMount?: Error;
}

export function fakeSys(): FakeSys {
  const children = new Map<number, ChildExit | 'running'>();
  const calls: string[] = [];
  const mounts: MountSpec[] = [];
  const missing = (name: string) => (): never => {
    throw new SandshimError('unimplemented', `the fake has no ${name}`);
  };
  const sys: FakeSys = {
    ...{ calls, mounts, signals: new EventEmitter() },
    fork(pid) {
      children.set(pid, 'running');
      return parsePid(pid);
    },
    end(pid, how) {
      const name = parsePid(pid);
      const exit = 'code' in how ? ({ kind: 'exited', ...how } as const) : ({ kind: 'signaled', ...how } as const);
      children.set(pid, { ...exit, pid: name });
    },
    becomeSubreaper: () => void calls.push('becomeSubreaper'),
    waitPid(pid) {
      calls.push(`waitPid ${pid}`);
      const state = children.get(pid);
      if (state === undefined) throw new SandshimError('not_found', 'ECHILD');
      if (state === 'running') return undefined;
      children.delete(pid);
      return state;
    },
    peekExitedChild: () => [...children.values()].find((state) => state !== 'running')?.pid,
    async mount(mount) {
      if (sys.failMount !== undefined) throw sys.failMount;
      mounts.push(mount);
    },
    unmount: async (target) => void calls.push(`unmount ${target}`),
    pidfdOpen: () => parseFd(1000),
    close: (fd) => void calls.push(`close ${fd}`),
    watch: () => ({ update: () => undefined, [Symbol.dispose]: () => void calls.push('unwatch') }),
    pidfdDescriptor: missing('pidfdDescriptor'),
    eventfd: missing('eventfd'),
    inotify: missing('inotify'),
    open: missing('open'),
    read: missing('read'),
    write: missing('write'),
  };
  return sys;
}
