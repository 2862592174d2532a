import { parsePid } from '@sandshim/runsc-client';
import { describe, expect, it } from 'vitest';
import { turn } from '../testing/fake-stand.ts';
import { fakeSys } from '../testing/fake-sys.ts';
import { libuvChildren } from './libuv-children.ts';
import { Reaper, type ReaperOptions } from './reaper.ts';

function setUp(options: Partial<ReaperOptions> = {}) {
  const sys = fakeSys();
  const reaper = new Reaper({ sys, signals: sys.signals, ...options });
  const sigchld = () => sys.signals.emit('SIGCHLD');
  return { sys, reaper, sigchld };
}

describe('a reaper', () => {
  it('makes its process a subreaper', () => {
    expect(setUp().sys.calls).toContain('becomeSubreaper');
  });

  it('tells how a watched child ends, to everybody who asked', async () => {
    const { sys, reaper, sigchld } = setUp();
    const since = reaper.mark();
    const pid = sys.fork(50);
    const watches = [reaper.watch(pid, since), reaper.watch(pid, since)];
    sys.end(50, { code: 3 });
    sigchld();
    expect(await Promise.all(watches)).toMatchObject([{ status: 3 }, { status: 3 }]);
    expect(reaper.exitOf(pid, since)).toMatchObject({ status: 3 });
  });

  it('says 128 more for a signal', async () => {
    const { sys, reaper } = setUp();
    const exit = reaper.watch(sys.fork(50), reaper.mark());
    sys.end(50, { signal: 9 });
    reaper.reap();
    expect(await exit).toMatchObject({ status: 137 });
  });

  it('keeps an exit that comes before its watch', async () => {
    const { sys, reaper, sigchld } = setUp();
    const since = reaper.mark();
    const pid = sys.fork(50);
    sys.end(50, { code: 5 });
    sigchld();
    await turn();
    expect(sys.peekExitedChild()).toBeUndefined();
    expect(await reaper.watch(pid, since)).toMatchObject({ status: 5 });
  });

  it('does not take the exit of an earlier process of the same number for a later one', async () => {
    const { sys, reaper, sigchld } = setUp();
    const pid = sys.fork(50);
    sys.end(50, { code: 5 });
    sigchld();
    await turn();
    const since = reaper.mark();
    sys.fork(50);
    const exit = reaper.watch(pid, since);
    expect(reaper.exitOf(pid, since)).toBeUndefined();
    sys.end(50, { code: 6 });
    sigchld();
    expect(await exit).toMatchObject({ status: 6 });
  });

  it('never waits for a child of libuv', async () => {
    const children = libuvChildren(() => 'same');
    const { sys, reaper, sigchld } = setUp({ children });
    const child = sys.fork(60);
    using announced = reaper.leaveToLibuv(child);
    expect(announced).toBeDefined();
    sys.end(60, { code: 0 });
    const orphan = reaper.watch(sys.fork(61), reaper.mark());
    sys.end(61, { code: 1 });
    sigchld();
    expect(await orphan).toMatchObject({ status: 1 });
    await turn();
    await turn();
    expect(sys.calls).not.toContain('waitPid 60');
  });

  it('reaps what comes after a child of libuv once libuv has reaped that', async () => {
    const { sys, reaper, sigchld } = setUp({ children: libuvChildren(() => 'same') });
    using _ = reaper.leaveToLibuv(sys.fork(60));
    sys.end(60, { code: 0 });
    const since = reaper.mark();
    const stray = sys.fork(61);
    sys.end(61, { code: 1 });
    sigchld();
    setImmediate(() => sys.waitPid(parsePid(60)));
    await turn();
    expect(reaper.exitOf(stray, since)).toMatchObject({ status: 1 });
  });

  it('gives a child that nobody announced to libuv first', async () => {
    const { sys, sigchld } = setUp();
    sys.fork(70);
    sys.end(70, { code: 0 });
    sigchld();
    expect(sys.calls).not.toContain('waitPid 70');
    await turn();
    expect(sys.calls).toContain('waitPid 70');
  });

  it('reaps a process that has the number of a former child of libuv', async () => {
    const starts = ['first', 'second'];
    const { sys, reaper, sigchld } = setUp({ children: libuvChildren(() => starts.shift()) });
    reaper.leaveToLibuv(sys.fork(60));
    sys.fork(60);
    sys.end(60, { code: 2 });
    const since = reaper.mark();
    sigchld();
    await turn();
    await turn();
    expect(reaper.exitOf(parsePid(60), since)).toMatchObject({ status: 2 });
  });

  it('tells how a child of its own program ends, and keeps that for nobody else', async () => {
    const { sys, reaper, sigchld } = setUp();
    const since = reaper.mark();
    const ends = [reaper.endOf(sys.fork(50)), reaper.endOf(sys.fork(51)), reaper.endOf(sys.fork(52))];
    sys.end(51, { code: 3 });
    sys.end(50, { signal: 9 });
    sigchld();
    expect(await ends[0]).toEqual({ kind: 'signaled', pid: 50, signal: 9 });
    expect(await ends[1]).toEqual({ kind: 'exited', pid: 51, code: 3 });
    expect(reaper.exitOf(parsePid(51), since)).toBeUndefined();
    sys.end(52, { code: 0 });
    reaper.reap();
    expect(await ends[2]).toMatchObject({ code: 0 });
  });

  it('says 255 of a process that is no child and vanished', async () => {
    const { reaper } = setUp({ isAlive: () => false });
    expect(await reaper.watch(parsePid(90), reaper.mark())).toMatchObject({ status: 255 });
  });

  it('watches a process that is no child yet by its pidfd, and closes that', async () => {
    const { sys, reaper } = setUp({ isAlive: () => true });
    const exit = reaper.watch(parsePid(91), reaper.mark());
    sys.fork(91);
    sys.end(91, { code: 4 });
    reaper.reap();
    expect(await exit).toMatchObject({ status: 4 });
    await turn();
    expect(sys.calls).toEqual(expect.arrayContaining(['unwatch', 'close 1000']));
  });

  it('keeps no more exits than it should', async () => {
    const { sys, reaper, sigchld } = setUp({ keep: 2 });
    const since = reaper.mark();
    for (const pid of [10, 11, 12]) {
      sys.fork(pid);
      sys.end(pid, { code: 0 });
    }
    sigchld();
    await turn();
    await turn();
    const kept = [10, 11, 12].map((pid) => reaper.exitOf(parsePid(pid), since)?.status);
    expect(kept).toEqual([undefined, 0, 0]);
  });

  it('listens no more once it is disposed of', () => {
    const { sys, reaper } = setUp();
    expect(sys.signals.listenerCount('SIGCHLD')).toBe(1);
    reaper[Symbol.dispose]();
    expect(sys.signals.listenerCount('SIGCHLD')).toBe(0);
  });
});
