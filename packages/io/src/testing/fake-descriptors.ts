import { type Fd, parseFd } from '@sandshim/runsc-client';
import { type FakeOpenFile, failure } from './fake-open-file.ts';

interface Shared {
  readonly file: FakeOpenFile;
  users: number;
}

/** No number that a real descriptor of a test could have, so that mixing them up fails at once. */
const first = 1_000_000;

/** The descriptor table of the fake. */
export class FakeDescriptors {
  readonly #open = new Map<Fd, Shared>();
  #next = first;

  /** How many are open: 0 at the end of a test that leaks none. */
  get count(): number {
    return this.#open.size;
  }

  add(file: FakeOpenFile): Fd {
    return this.#place({ file, users: 0 });
  }

  duplicate(fd: Fd, syscall = 'fcntl'): Fd {
    return this.#place(this.#shared(fd, syscall));
  }

  get(fd: Fd, syscall: string): FakeOpenFile {
    return this.#shared(fd, syscall).file;
  }

  has(fd: Fd): boolean {
    return this.#open.has(fd);
  }

  close(fd: Fd): void {
    const shared = this.#shared(fd, 'close');
    this.#open.delete(fd);
    if (--shared.users === 0) shared.file.release();
  }

  #place(shared: Shared): Fd {
    const fd = parseFd(this.#next++);
    shared.users++;
    this.#open.set(fd, shared);
    return fd;
  }

  #shared(fd: Fd, syscall: string): Shared {
    const shared = this.#open.get(fd);
    if (shared === undefined) throw failure(syscall, 'EBADF', `of descriptor ${fd}`);
    return shared;
  }
}
