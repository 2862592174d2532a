import { constants } from 'node:fs';
import { join } from 'node:path';
import type { Sys } from '@sandshim/io/sys';
import type { Fd } from '@sandshim/runsc-client';
import { type Cgroup, memoryFolder } from './cgroup-of.ts';
import { oomFile, readOomKills } from './oom-counter.ts';

/** Looks for kills for want of memory in one cgroup. */
export interface OomWatch extends Disposable {
  /** When a look last found a new kill, by `performance.now()`; `undefined` if none did since the watch began. */
  readonly lastMs: number | undefined;
  /** Looks at once; reports a kill that was not reported yet. */
  check(): void;
}

/** The system calls that a watch needs. */
export type OomSys = Pick<Sys, 'inotify' | 'eventfd' | 'open' | 'read' | 'write' | 'close' | 'watch'>;

export interface OomWatchOptions {
  readonly sys: OomSys;
  /** Called for each look that found new kills. */
  readonly onOom: () => void;
}

// Version 1 tells before it kills: the count follows.
const recheckMs = [0, 10, 50, 200, 1_000];

/** A watch that never sees anything, for a container without a memory cgroup of its own. */
export const noOomWatch: OomWatch = { lastMs: undefined, check: () => undefined, [Symbol.dispose]: () => undefined };

/**
 * Watches `cgroup`, by an eventfd on memory.oom_control in version 1 and by inotify on memory.events in version 2.
 * Where that cannot be had, only `check` finds out.
 */
export function watchOom(cgroup: Cgroup, { sys, onOom }: OomWatchOptions): OomWatch {
  const file = oomFile(cgroup);
  const folder = memoryFolder(cgroup);
  if (file === undefined || folder === undefined) return noOomWatch;
  using stack = new DisposableStack();
  const timers = new Set<NodeJS.Timeout>();
  let seen = readOomKills(file) ?? 0n;
  let lastMs: number | undefined;
  const check = () => {
    const kills = readOomKills(file) ?? seen;
    if (kills <= seen) return;
    seen = kills;
    lastMs = performance.now();
    onOom();
  };
  stack.defer(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  const onNotification = () => {
    for (const delayMs of recheckMs) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        check();
      }, delayMs);
      timers.add(timer);
    }
  };
  try {
    const notifications = cgroup.version === 2 ? sys.inotify([file]) : eventfdOn(file, folder, sys);
    stack.defer(() => sys.close(notifications));
    const buffer = new Uint8Array(4096);
    const watch = sys.watch(notifications, { readable: true, writable: false }, () => {
      // An eventfd and an inotify alike stay readable until they are read.
      sys.read(notifications, buffer);
      // The removal of a cgroup notifies too, for ever.
      if (readOomKills(file) === undefined) watch.update({ readable: false, writable: false });
      else onNotification();
    });
    stack.defer(() => watch[Symbol.dispose]());
  } catch {
    // A kernel without these tells nothing by itself; the look before each exit still does.
  }
  const resources = stack.move();
  return {
    get lastMs() {
      return lastMs;
    },
    check,
    [Symbol.dispose]: () => resources.dispose(),
  };
}

function eventfdOn(file: string, folder: string, sys: OomSys): Fd {
  const event = sys.eventfd();
  try {
    const control = sys.open(file, constants.O_RDONLY);
    try {
      const registration = sys.open(join(folder, 'cgroup.event_control'), constants.O_WRONLY);
      try {
        sys.write(registration, new TextEncoder().encode(`${event} ${control}`));
      } finally {
        sys.close(registration);
      }
    } finally {
      sys.close(control);
    }
    return event;
  } catch (error) {
    sys.close(event);
    throw error;
  }
}
