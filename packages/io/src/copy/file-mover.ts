import type { Route } from './plain-mover.ts';
import { readTerminal } from './read-terminal.ts';
import type { Mover, Step } from './step.ts';

const size = 256 * 1024;

/** What a {@link FileMover} needs to know. */
export interface FileMoverOptions {
  /** The source is a pty's master. */
  readonly terminal: boolean;
  /** So many bytes could not be written. */
  readonly onLoss: (bytes: number, error: unknown) => void;
}

/**
 * Moves into a file, whose writes may wait for a disk and so leave the main thread. Not by splice: log files are opened
 * for appending, which the kernel refuses to splice into.
 */
export class FileMover implements Mover {
  readonly #route: Route;
  readonly #terminal: boolean;
  readonly #onLoss: FileMoverOptions['onLoss'];
  #buffer: Buffer | undefined;

  constructor(route: Route, options: FileMoverOptions) {
    this.#route = route;
    this.#terminal = options.terminal;
    this.#onLoss = options.onLoss;
  }

  step(): Step | Promise<Step> {
    this.#buffer ??= Buffer.allocUnsafe(size);
    const bytes = this.#read(this.#buffer);
    if (bytes === undefined) {
      // An idle stream keeps no memory.
      this.#buffer = undefined;
      return { kind: 'source-empty' };
    }
    return bytes === 0 ? { kind: 'ended' } : this.#write(this.#buffer.subarray(0, bytes));
  }

  #read(buffer: Buffer): number | undefined {
    const { sys, from } = this.#route;
    return this.#terminal ? readTerminal(sys, from, buffer) : sys.read(from, buffer);
  }

  async #write(bytes: Buffer): Promise<Step> {
    let rest = bytes;
    try {
      while (rest.byteLength > 0) rest = rest.subarray(await this.#route.sys.writeOffThread(this.#route.to, rest));
    } catch (error) {
      // A full disk costs lines of a log. It neither stops the process nor ends the log: space may come back.
      this.#onLoss(rest.byteLength, error);
    }
    return { kind: 'moved', bytes: bytes.byteLength };
  }
}
