import { type Fd, type Pid, parsePid } from '@sandshim/runsc-client';
import type { ChildExit } from '../sys/index.ts';
import type { FakeDescriptors } from './fake-descriptors.ts';
import { failure, fakeFile } from './fake-open-file.ts';

const firstPid = 1_000;

/** A signal that was sent through a pidfd. */
export interface SentSignal {
  readonly pid: Pid;
  readonly signal: number;
}

/** Processes of the fake: they live until a test ends them. */
export class FakeChildren {
  readonly #descriptors: FakeDescriptors;
  readonly #children = new Map<Pid, ChildExit | undefined>();
  readonly #pidfds = new Map<Fd, Pid>();
  readonly signals: SentSignal[] = [];

  constructor(descriptors: FakeDescriptors) {
    this.#descriptors = descriptors;
  }

  add(pid: Pid): void {
    this.#children.set(pid, undefined);
  }

  /** A process with the next free number. */
  spawn(): Pid {
    const pid = parsePid(Math.max(firstPid - 1, ...this.#children.keys()) + 1);
    this.add(pid);
    return pid;
  }

  end(exit: ChildExit): void {
    this.#children.set(exit.pid, exit);
  }

  wait(pid: Pid): ChildExit | undefined {
    if (!this.#children.has(pid)) throw failure('waitpid', 'ECHILD', `of process ${pid}`);
    const exit = this.#children.get(pid);
    if (exit !== undefined) this.#children.delete(pid);
    return exit;
  }

  peek(): Pid | undefined {
    for (const [pid, exit] of this.#children) if (exit !== undefined) return pid;
    return undefined;
  }

  open(pid: Pid): Fd {
    if (!this.#children.has(pid)) throw failure('pidfd_open', 'ESRCH', `of process ${pid}`);
    const ended = () => !this.#children.has(pid) || this.#children.get(pid) !== undefined;
    const readiness = () => ({ readable: ended(), writable: false, hangup: false });
    const fd = this.#descriptors.add(fakeFile({ readiness }));
    this.#pidfds.set(fd, pid);
    return fd;
  }

  signal(pidfd: Fd, signal: number): void {
    const pid = this.#pidfds.get(pidfd);
    if (pid === undefined || !this.#descriptors.has(pidfd)) throw failure('pidfd_send_signal', 'EBADF');
    if (!this.#children.has(pid)) throw failure('pidfd_send_signal', 'ESRCH');
    this.signals.push({ pid, signal });
  }
}
