import type { WindowSize } from '../sys/index.ts';
import { type FakeOpenFile, failure } from './fake-open-file.ts';
import { FakePipe } from './fake-pipe.ts';

interface FakeTerminal {
  readonly path: string;
  readonly printed: FakePipe;
  readonly typed: FakePipe;
  size: WindowSize;
  slaves: number;
  everOpened: boolean;
}

/** Terminals of the fake: two pipes each, without a line discipline. */
export class FakeTerminals {
  readonly #terminals = new Map<string, FakeTerminal>();
  readonly #opened = new WeakMap<FakeOpenFile, FakeTerminal>();

  create(): { readonly master: FakeOpenFile; readonly path: string } {
    const terminal: FakeTerminal = {
      path: `/dev/pts/fake${this.#terminals.size}`,
      printed: new FakePipe(),
      typed: new FakePipe(),
      size: { rows: 0, columns: 0 },
      slaves: 0,
      everOpened: false,
    };
    this.#terminals.set(terminal.path, terminal);
    const output = terminal.printed.open({ reads: true, writes: true });
    const input = terminal.typed.open({ reads: true, writes: true });
    const hungUp = () => terminal.everOpened && terminal.slaves === 0;
    const master: FakeOpenFile = {
      kind: 'other',
      watchable: true,
      readiness() {
        const { readable } = output.readiness();
        return { readable, writable: input.readiness().writable, hangup: hungUp() };
      },
      read(buffer) {
        const bytes = output.read(buffer);
        if (bytes === undefined && hungUp()) throw failure('read', 'EIO');
        return bytes;
      },
      write: (bytes) => input.write(bytes),
      release: () => {
        this.#terminals.delete(terminal.path);
      },
    };
    this.#opened.set(master, terminal);
    return { master, path: terminal.path };
  }

  /** A slave, where the path is one's. */
  openSlave(path: string): FakeOpenFile | undefined {
    const terminal = this.#terminals.get(path);
    if (terminal === undefined) return undefined;
    terminal.slaves++;
    terminal.everOpened = true;
    const output = terminal.printed.open({ reads: true, writes: true });
    const input = terminal.typed.open({ reads: true, writes: true });
    const slave: FakeOpenFile = {
      kind: 'other',
      watchable: true,
      readiness() {
        return { readable: input.readiness().readable, writable: output.readiness().writable, hangup: false };
      },
      read: (buffer) => input.read(buffer),
      write: (bytes) => output.write(bytes),
      release: () => {
        terminal.slaves--;
      },
    };
    this.#opened.set(slave, terminal);
    return slave;
  }

  sizeOf(file: FakeOpenFile): WindowSize {
    return this.#terminal(file).size;
  }

  resize(file: FakeOpenFile, size: WindowSize): void {
    this.#terminal(file).size = size;
  }

  #terminal(file: FakeOpenFile): FakeTerminal {
    const terminal = this.#opened.get(file);
    if (terminal === undefined) throw failure('ioctl', 'ENOTTY');
    return terminal;
  }
}
