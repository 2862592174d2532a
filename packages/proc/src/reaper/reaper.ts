import { existsSync } from 'node:fs';
import type { ChildExit, Sys } from '@sandshim/io/sys';
import type { Fd, Pid } from '@sandshim/runsc-client';
import { parsePid } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';
import { type Deferred, deferred } from '../lib/deferred.ts';
import { exitOfChild, lostExit } from './exit-status.ts';
import { KeptExits } from './kept-exits.ts';
import { type LibuvChildren, libuvChildren } from './libuv-children.ts';

/** A moment in the reaper's life; only exits after it can be those of a process that was started after it. */
export type ReaperMark = number;

/** The system calls that a reaper needs. */
export type ReaperSys = Pick<Sys, 'becomeSubreaper' | 'waitPid' | 'peekExitedChild' | 'pidfdOpen' | 'watch' | 'close'>;

export interface ReaperOptions {
  readonly sys: ReaperSys;
  /** Where SIGCHLD is heard; the tests have their own. Default: `process`. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly now?: () => Date;
  readonly isAlive?: (pid: number) => boolean;
  readonly children?: LibuvChildren;
  /** Exits kept for whoever claims them later. Default 4096; the oldest goes first. */
  readonly keep?: number;
}

// Turns of the event loop before an ended child is reaped that nobody watches: libuv reaps its own in the next one, and
// a child that was not announced might be libuv's. One that was announced is, unless its number came back.
const turns = { unannounced: 4, announced: 16 };

/**
 * Reaps the orphans that become this process's children because it is a subreaper: containers' init processes, detached
 * execs, strays. The only caller of waitpid, and only for children that libuv did not start (invariant 4). An exit that
 * nobody watches yet is kept, so that one that comes before its pid is known is not lost.
 */
export class Reaper implements Disposable {
  readonly #sys: ReaperSys;
  readonly #signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly #now: () => Date;
  readonly #isAlive: (pid: number) => boolean;
  readonly #children: LibuvChildren;
  readonly #kept: KeptExits;
  readonly #watched = new Map<Pid, Deferred<ProcessExit>>();
  /** Children that this program has spawned by itself. Nobody else asks for their exits, so none is kept. */
  readonly #own = new Map<Pid, Deferred<ChildExit>>();
  /** The ended child that the kernel names first, and how many turns it has had. */
  #first: { readonly pid: Pid; turns: number } | undefined;
  #nextTurn: NodeJS.Immediate | undefined;
  #disposed = false;

  /** Makes this process a subreaper. */
  constructor(options: ReaperOptions) {
    this.#sys = options.sys;
    this.#signals = options.signals ?? process;
    this.#now = options.now ?? (() => new Date());
    this.#isAlive = options.isAlive ?? ((pid) => existsSync(`/proc/${pid}`));
    this.#children = options.children ?? libuvChildren();
    this.#kept = new KeptExits(options.keep ?? 4096);
    this.#sys.becomeSubreaper();
    this.#signals.on('SIGCHLD', this.#onSigchld);
  }

  /** Leaves the child `pid`, which Node has started, to libuv, until the answer is disposed of: on its 'exit'. */
  leaveToLibuv(pid: Pid): Disposable {
    this.#children.add(pid);
    return { [Symbol.dispose]: () => this.#children.delete(pid) };
  }

  /** How the child `pid` ends, that the caller has made by {@link Sys.spawn} in this very tick. To be asked once. */
  endOf(pid: Pid): Promise<ChildExit> {
    const own = deferred<ChildExit>();
    this.#own.set(pid, own);
    return own.promise;
  }

  /** Take one before the command that starts the process whose exit will be watched. */
  mark(): ReaperMark {
    return this.#kept.mark();
  }

  /**
   * How the process `pid`, started after `since`, ends; any number of callers may ask. Settles at once if it has ended
   * already. A process that is no child and vanishes unseen settles as status 255.
   */
  watch(pid: Pid, since: ReaperMark): Promise<ProcessExit> {
    const kept = this.exitOf(pid, since);
    if (kept !== undefined) return Promise.resolve(kept);
    const known = this.#watched.get(pid);
    if (known !== undefined) return known.promise;
    const watched = deferred<ProcessExit>();
    this.#watched.set(pid, watched);
    if (this.#tryReap(pid) === 'no child') this.#watchStranger(pid, watched.promise);
    return watched.promise;
  }

  /** How `pid`, started after `since`, ended; `undefined` while it runs. */
  exitOf(pid: Pid, since: ReaperMark): ProcessExit | undefined {
    return this.#kept.get(pid, since);
  }

  /** Reaps what has ended by now. SIGCHLD does this by itself. */
  reap(): void {
    for (const pid of this.#own.keys()) this.#reapOwn(pid);
    for (const pid of this.#watched.keys()) this.#tryReap(pid);
    if (this.#nextTurn === undefined) this.#reapStrays();
  }

  /** Stops reaping. Watches that are pending stay so. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#signals.off('SIGCHLD', this.#onSigchld);
  }

  readonly #onSigchld = () => this.reap();

  #reapOwn(pid: Pid): void {
    const exit = this.#waitPid(pid);
    // Nobody else waits for it, so it is there.
    if (typeof exit === 'string') return;
    this.#own.get(pid)?.resolve(exit);
    this.#own.delete(pid);
  }

  #tryReap(pid: Pid): 'reaped' | 'running' | 'no child' {
    if (this.#children.has(pid) && this.#children.isSame(pid)) return 'running';
    const exit = this.#waitPid(pid);
    if (exit === 'running') return exit;
    if (exit !== 'no child') {
      this.#settle(pid, exitOfChild(exit, this.#now()));
    } else if (this.#isAlive(pid)) {
      return exit;
    } else {
      this.#settle(pid, lostExit(this.#now()));
    }
    return 'reaped';
  }

  /** No SIGCHLD tells of somebody else's child (or of one that is not handed over yet); a pidfd does. */
  #watchStranger(pid: Pid, settled: Promise<ProcessExit>): void {
    let pidfd: Fd;
    try {
      pidfd = this.#sys.pidfdOpen(pid);
    } catch {
      // It vanished between the two looks.
      this.#settle(pid, lostExit(this.#now()));
      return;
    }
    const watch = this.#sys.watch(pidfd, { readable: true, writable: false }, () => {
      if (this.#tryReap(pid) === 'no child') this.#settle(pid, lostExit(this.#now()));
    });
    void settled.then(() => {
      watch[Symbol.dispose]();
      this.#sys.close(pidfd);
    });
  }

  readonly #reapStrays = (): void => {
    this.#nextTurn = undefined;
    if (this.#disposed) return;
    for (let pid = this.#sys.peekExitedChild(); pid !== undefined; pid = this.#sys.peekExitedChild()) {
      if (this.#first?.pid !== pid) this.#first = { pid, turns: 0 };
      const announced = this.#children.has(pid);
      if (this.#own.has(pid)) {
        this.#reapOwn(pid);
        continue;
      }
      // The kernel names no other before this one is gone.
      if (this.#first.turns < (announced ? turns.announced : turns.unannounced)) {
        this.#first.turns += 1;
        this.#nextTurn = setImmediate(this.#reapStrays);
        return;
      }
      if (announced && this.#children.isSame(pid)) return;
      const exit = this.#waitPid(pid);
      if (typeof exit === 'string') return;
      this.#settle(pid, exitOfChild(exit, this.#now()));
    }
  };

  #settle(pid: Pid, exit: ProcessExit): void {
    this.#kept.add(pid, exit);
    const watched = this.#watched.get(pid);
    this.#watched.delete(pid);
    watched?.resolve(exit);
  }

  #waitPid(pid: Pid): ChildExit | 'running' | 'no child' {
    try {
      return this.#sys.waitPid(parsePid(pid)) ?? 'running';
    } catch {
      // ECHILD: not a child (yet: an orphan is handed over only when its parent has ended), or reaped by somebody else.
      return 'no child';
    }
  }
}
