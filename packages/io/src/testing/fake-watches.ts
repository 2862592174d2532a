import type { Fd } from '@sandshim/runsc-client';
import type { Readiness, ReadinessWatch, WatchInterest } from '../sys/index.ts';
import type { FakeDescriptors } from './fake-descriptors.ts';
import { failure } from './fake-open-file.ts';

interface Watched {
  readonly fd: Fd;
  readonly listener: (readiness: Readiness) => void;
  interest: WatchInterest;
  /** What was last told, for edges. */
  told: string;
}

/** Readiness of the fake: looked at after each call that may have changed it. */
export class FakeWatches {
  readonly #descriptors: FakeDescriptors;
  readonly #watched = new Set<Watched>();
  #scheduled = false;

  constructor(descriptors: FakeDescriptors) {
    this.#descriptors = descriptors;
  }

  /** How many are there, resting ones too. */
  get count(): number {
    return this.#watched.size;
  }

  watch(fd: Fd, interest: WatchInterest, listener: (readiness: Readiness) => void): ReadinessWatch {
    const about = `of descriptor ${fd}`;
    if (!this.#descriptors.get(fd, 'epoll_ctl').watchable) throw failure('epoll_ctl(add)', 'EPERM', about);
    if ([...this.#watched].some((other) => other.fd === fd && isArmed(other.interest))) {
      throw failure('epoll_ctl(add)', 'EEXIST', about);
    }
    const watched: Watched = { fd, listener, interest, told: '' };
    this.#watched.add(watched);
    this.changed(fd);
    return {
      update: (changed) => {
        watched.interest = changed;
        watched.told = '';
        this.changed(fd);
      },
      [Symbol.dispose]: () => {
        this.#watched.delete(watched);
      },
    };
  }

  /** Something happened: a new edge for `fd`, and a look at all. */
  changed(fd?: Fd): void {
    for (const watched of this.#watched) if (watched.fd === fd) watched.told = '';
    if (this.#scheduled || this.#watched.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#look();
    });
  }

  #look(): void {
    for (const watched of [...this.#watched]) {
      if (!this.#watched.has(watched) || !isArmed(watched.interest) || !this.#descriptors.has(watched.fd)) continue;
      const readiness = this.#descriptors.get(watched.fd, 'epoll_wait').readiness();
      const due = {
        readable: watched.interest.readable && readiness.readable,
        writable: watched.interest.writable && readiness.writable,
        hangup: readiness.hangup,
      };
      const told = JSON.stringify(due);
      if (!due.readable && !due.writable && !due.hangup) continue;
      if (watched.interest.edgeTriggered && watched.told === told) continue;
      watched.told = told;
      watched.listener(due);
      // Level-triggered: it is told again as long as nobody does something about it.
      if (!watched.interest.edgeTriggered) this.changed();
    }
  }
}

function isArmed({ readable, writable, hangup = false }: WatchInterest): boolean {
  return readable || writable || hangup;
}
