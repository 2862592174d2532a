import { writeFileSync } from 'node:fs';
import { parsePid, type Runtime, SandshimError } from '@sandshim/runsc-client';
import type { FakeSys } from './fake-sys.ts';

/** A runtime whose containers are children in a {@link FakeSys}. What it is asked is in `calls`. */
export interface FakeRuntime extends Runtime {
  readonly calls: string[];
  /** The next call of this method rejects with it. */
  fail(method: string, error: Error): void;
  /** Called in the middle of a method, before it settles. */
  during(method: string, action: () => void | Promise<void>): void;
  /** What `wait` answers. */
  readonly waits: { status: Promise<number> };
}

/** The first pid that the fake gives; the next is one more. No kernel gives such numbers, so that none is hit by mistake. */
export const firstPid = parsePid(4_190_000);

export function fakeRuntime(name: 'runsc' | 'runc', sys: FakeSys): FakeRuntime {
  const calls: string[] = [];
  const failures = new Map<string, Error>();
  const actions = new Map<string, () => void | Promise<void>>();
  const waits = { status: new Promise<number>(() => undefined) };
  let nextPid: number = firstPid;
  const called = async (method: string, ...details: readonly unknown[]): Promise<void> => {
    calls.push([method, ...details].join(' '));
    await actions.get(method)?.();
    const failure = failures.get(method);
    failures.delete(method);
    if (failure !== undefined) throw failure;
  };
  const started = (pidFile: string | undefined): void => {
    const pid = sys.fork(nextPid);
    nextPid += 1;
    if (pidFile !== undefined) writeFileSync(pidFile, String(pid));
  };
  const done = { exitStatus: 0, stdout: '', stderr: '' };
  const missing = (method: string) => (): never => {
    throw new SandshimError('unimplemented', `the fake has no ${method}`);
  };
  const fake = {
    ...{ name, calls, waits },
    fail: (method: string, error: Error) => void failures.set(method, error),
    during: (method: string, action: () => void | Promise<void>) => void actions.set(method, action),
    create: async (_id, { pidFile, userLog, stdio }) => {
      started(pidFile);
      await called('create', userLog ?? '-', stdio === undefined ? 'without streams' : 'with streams');
    },
    start: (_id, options) => called('start', options?.stdio === undefined ? 'without streams' : 'with streams'),
    exec: async (_id, { pidFile, internalPidFile }) => {
      started(pidFile);
      if (internalPidFile !== undefined) writeFileSync(internalPidFile, '7');
      await called('exec');
      return done;
    },
    restore: async (_id, { pidFile, imagePath }) => {
      started(pidFile);
      await called('restore', imagePath);
      return done;
    },
    kill: (_id, signal, options) => called('kill', signal, options?.all ? 'all' : (options?.pid ?? '-')),
    delete: (_id, options) => called('delete', options?.force ? 'force' : '-'),
    pause: () => called('pause'),
    resume: () => called('resume'),
    update: (_id, resources) => called('update', JSON.stringify(resources)),
    checkpoint: (_id, { leaveRunning }) => called('checkpoint', leaveRunning),
    ps: async () => {
      await called('ps');
      return name === 'runsc' ? [1, 7] : [firstPid, firstPid + 1];
    },
    wait: async () => {
      await called('wait');
      return { exitStatus: await waits.status };
    },
    version: async () => ({ program: name, version: '1.1.5', details: {} }),
    state: missing('state'),
    list: missing('list'),
    run: missing('run'),
    stats: missing('stats'),
  } satisfies Partial<FakeRuntime> as unknown as FakeRuntime;
  return fake;
}
