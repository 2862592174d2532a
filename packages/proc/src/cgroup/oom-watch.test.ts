import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readiness } from '@sandshim/io/sys';
import { parseFd } from '@sandshim/runsc-client';
import { describe, expect, it } from 'vitest';
import { fakeFiles } from '../testing/fake-files.ts';
import type { Cgroup } from './cgroup-of.ts';
import { type OomSys, watchOom } from './oom-watch.ts';

function setUp(cgroup: Cgroup) {
  const calls: string[] = [];
  let notify: (() => void) | undefined;
  let next = 10;
  const opened = (what: string) => {
    next += 1;
    calls.push(`${what} is ${next}`);
    return parseFd(next);
  };
  const sys: OomSys = {
    eventfd: () => opened('eventfd'),
    inotify: (paths) => opened(`inotify ${paths.join()}`),
    open: (path) => opened(path.slice(path.lastIndexOf('/') + 1)),
    write: (fd, bytes) => {
      calls.push(`write ${fd} "${new TextDecoder().decode(bytes)}"`);
      return bytes.length;
    },
    read: () => 8,
    close: (fd) => void calls.push(`close ${fd}`),
    watch: (_fd, _interest, listener) => {
      const readiness: Readiness = { readable: true, writable: false, hangup: false };
      notify = () => listener(readiness);
      return {
        update: ({ readable }) => void calls.push(`watch ${readable}`),
        [Symbol.dispose]: () => void calls.push('unwatch'),
      };
    },
  };
  let reported = 0;
  const found = Promise.withResolvers<void>();
  const watch = watchOom(cgroup, {
    sys,
    onOom: () => {
      reported += 1;
      found.resolve();
    },
  });
  return { calls, watch, notify: () => notify?.(), found: found.promise, reported: () => reported };
}

const v1Text = (kills: number) => `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`;

describe('a watch for kills', () => {
  it('counts only those since it began, each look once', () => {
    using files = fakeFiles({ 'memory.oom_control': v1Text(2) });
    const { watch, reported } = setUp({ version: 1, folders: { memory: files.folder } });
    watch.check();
    expect([reported(), watch.lastMs]).toEqual([0, undefined]);
    writeFileSync(join(files.folder, 'memory.oom_control'), v1Text(4));
    watch.check();
    watch.check();
    expect(reported()).toBe(1);
    expect(watch.lastMs).toBeGreaterThan(0);
    watch[Symbol.dispose]();
  });

  it('is notified by an eventfd in version 1, and closes what it opened', async () => {
    using files = fakeFiles({ 'memory.oom_control': v1Text(0) });
    const { calls, watch, notify, found } = setUp({ version: 1, folders: { memory: files.folder } });
    expect(calls).toEqual([
      ...['eventfd is 11', 'memory.oom_control is 12', 'cgroup.event_control is 13'],
      ...['write 13 "11 12"', 'close 13', 'close 12'],
    ]);
    notify();
    writeFileSync(join(files.folder, 'memory.oom_control'), v1Text(1));
    await found;
    watch[Symbol.dispose]();
    expect(calls.slice(6)).toEqual(['unwatch', 'close 11']);
  });

  it('is notified by inotify in version 2', async () => {
    using files = fakeFiles({ 'memory.events': 'oom_kill 0\n' });
    const { calls, watch, notify, found } = setUp({ version: 2, folder: files.folder });
    expect(calls).toEqual([`inotify ${join(files.folder, 'memory.events')} is 11`]);
    writeFileSync(join(files.folder, 'memory.events'), 'oom_kill 1\n');
    notify();
    await found;
    watch[Symbol.dispose]();
  });

  it('rests when its cgroup is gone', () => {
    const files = fakeFiles({ 'memory.events': 'oom_kill 0\n' });
    const { calls, watch, notify, reported } = setUp({ version: 2, folder: files.folder });
    files[Symbol.dispose]();
    notify();
    watch.check();
    expect(calls.at(-1)).toBe('watch false');
    expect(reported()).toBe(0);
    watch[Symbol.dispose]();
  });

  it('has nothing to see without a memory controller', () => {
    const { calls, watch } = setUp({ version: 1, folders: {} });
    watch.check();
    expect(calls).toEqual([]);
    expect(watch.lastMs).toBeUndefined();
  });
});
