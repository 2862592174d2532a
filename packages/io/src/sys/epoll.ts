import { type Fd, parseFd } from '@sandshim/runsc-client';
import type { Libc } from './libc.ts';
import type { Readiness, WatchInterest } from './sys.ts';

const EPOLL_CLOEXEC = 0o2_000_000;
const operations = { add: 1, delete: 2, modify: 3 } as const;
const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
const EPOLLERR = 0x8;
const EPOLLHUP = 0x10;
const EPOLLRDHUP = 0x2000;
const EPOLLET = 1 << 31;
const batch = 64;

// struct epoll_event as words: the mask, and 64 bits of data of which the lower half is ours. Packed on x86 alone.
const packed = process.arch === 'x64' || process.arch === 'ia32';
const eventWords = packed ? 3 : 4;
const dataWord = packed ? 1 : 2;

/** One epoll instance, asked without ever waiting. Each watched descriptor has a key of the caller's. */
export class Epoll {
  readonly fd: Fd;
  readonly #libc: Libc;
  readonly #event = new Int32Array(eventWords);
  readonly #events = new Int32Array(eventWords * batch);
  #wait: ReturnType<Libc['native']> | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.fd = parseFd(libc.call('epoll_create1', {}, EPOLL_CLOEXEC));
  }

  /** @throws SystemError EPERM for what is always ready: a regular file, /dev/null */
  add(fd: Fd, key: number, interest: WatchInterest): void {
    this.#control('add', fd, key, interest);
  }

  modify(fd: Fd, key: number, interest: WatchInterest): void {
    this.#control('modify', fd, key, interest);
  }

  /** A descriptor that was closed before is gone already, which is what the caller wants. */
  delete(fd: Fd): void {
    this.#libc.attempt('epoll_ctl', this.fd, operations.delete, fd, this.#event);
  }

  /** Tells what is ready now, at most 64 of it; the kernel tells the rest next time. `tell` must not throw. */
  forEachReady(tell: (key: number, readiness: Readiness) => void): void {
    this.#wait ??= this.#libc.native('epoll_wait');
    const count = this.#wait(this.fd, this.#events, batch, 0);
    for (let index = 0; index < count; index++) {
      const at = index * eventWords;
      tell(this.#events[at + dataWord] ?? 0, readinessOf(this.#events[at] ?? 0));
    }
  }

  #control(operation: keyof typeof operations, fd: Fd, key: number, interest: WatchInterest): void {
    this.#event[0] = maskOf(interest);
    this.#event[dataWord] = key;
    const about = { subject: `of descriptor ${fd}`, as: `epoll_ctl(${operation})` };
    this.#libc.call('epoll_ctl', about, this.fd, operations[operation], fd, this.#event);
  }
}

function maskOf({ readable, writable, edgeTriggered = false }: WatchInterest): number {
  // RDHUP only together with reading: a level-triggered watch that ignores input must not be woken for its end.
  return (readable ? EPOLLIN | EPOLLRDHUP : 0) | (writable ? EPOLLOUT : 0) | (edgeTriggered ? EPOLLET : 0);
}

function readinessOf(mask: number): Readiness {
  return {
    readable: (mask & EPOLLIN) !== 0,
    writable: (mask & EPOLLOUT) !== 0,
    hangup: (mask & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) !== 0,
  };
}
