import type { Fd } from '@sandshim/runsc-client';
import type * as koffi from 'koffi';
import { Epoll } from './epoll.ts';
import type { Libc } from './libc.ts';
import { type LoopPoll, pollInLoop } from './loop-poll.ts';
import type { Readiness, ReadinessWatch, Sys, WatchInterest } from './sys.ts';

interface Watched {
  readonly fd: Fd;
  readonly listener: (readiness: Readiness) => void;
  armed: boolean;
}

/**
 * Readiness on Node's event loop without a thread: our own epoll instance, whose descriptor libuv polls. So there is one
 * handle however many descriptors are watched, errors come back as errnos, and edges can be asked for.
 */
export class Watcher implements Pick<Sys, 'watch'> {
  readonly #koffi: typeof koffi;
  readonly #libc: Libc;
  readonly #watched = new Map<number, Watched>();
  #nextKey = 1;
  #armed = 0;
  #polled: { readonly epoll: Epoll; readonly poll: LoopPoll } | undefined;

  constructor(module: typeof koffi, libc: Libc) {
    this.#koffi = module;
    this.#libc = libc;
  }

  /** @throws SystemError EPERM for what is always ready: a regular file, /dev/null */
  watch(fd: Fd, interest: WatchInterest, listener: (readiness: Readiness) => void): ReadinessWatch {
    const key = this.#nextKey++;
    const watched: Watched = { fd, listener, armed: false };
    this.#watched.set(key, watched);
    try {
      this.#arm(key, watched, interest);
    } catch (error) {
      this.#watched.delete(key);
      throw error;
    }
    return {
      update: (changed) => {
        if (this.#watched.has(key)) this.#arm(key, watched, changed);
      },
      [Symbol.dispose]: () => {
        this.#disarm(watched);
        this.#watched.delete(key);
      },
    };
  }

  #arm(key: number, watched: Watched, interest: WatchInterest): void {
    if (!interest.readable && !interest.writable && !interest.hangup) {
      this.#disarm(watched);
      return;
    }
    const { epoll, poll } = this.#start();
    if (watched.armed) {
      epoll.modify(watched.fd, key, interest);
      return;
    }
    epoll.add(watched.fd, key, interest);
    watched.armed = true;
    this.#armed++;
    if (this.#armed === 1) poll.ref();
  }

  #disarm(watched: Watched): void {
    if (!watched.armed || this.#polled === undefined) return;
    // The kernel reports hang-ups of whatever is in the set, so what rests leaves it.
    this.#polled.epoll.delete(watched.fd);
    watched.armed = false;
    this.#armed--;
    if (this.#armed === 0) this.#polled.poll.unref();
  }

  #start() {
    if (this.#polled !== undefined) return this.#polled;
    const epoll = new Epoll(this.#libc);
    try {
      this.#polled = { epoll, poll: pollInLoop(this.#koffi, epoll.fd, () => this.#dispatch(epoll)) };
      return this.#polled;
    } catch (error) {
      this.#libc.attempt('close', epoll.fd);
      throw error;
    }
  }

  /**
   * The poll callback comes straight from libuv: what it throws is lost, and no microtask runs after it. So nothing is
   * thrown, and an immediate, in the same turn of the loop, runs the microtasks.
   */
  #dispatch(epoll: Epoll): void {
    epoll.forEachReady((key, readiness) => {
      const watched = this.#watched.get(key);
      if (watched?.armed) this.#notify(watched, readiness);
    });
    setImmediate(runMicrotasks);
  }

  /** A listener's failure is the program's, and keeps no other listener from being told. */
  #notify(watched: Watched, readiness: Readiness): void {
    try {
      watched.listener(readiness);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }
}

function runMicrotasks(): void {
  // Node does, after any callback of its own.
}
