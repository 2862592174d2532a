import type { Route } from './plain-mover.ts';
import { readTerminal } from './read-terminal.ts';
import type { Mover, Step } from './step.ts';

const size = 256 * 1024;

/**
 * Moves into a file, whose writes may wait for a disk and so leave the main thread. Not by splice: log files are opened
 * for appending, which the kernel refuses to splice into.
 */
export class FileMover implements Mover {
  readonly #route: Route;
  readonly #terminal: boolean;
  #buffer: Buffer | undefined;

  constructor(route: Route, options: { readonly terminal: boolean }) {
    this.#route = route;
    this.#terminal = options.terminal;
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
    while (rest.byteLength > 0) rest = rest.subarray(await this.#route.sys.writeOffThread(this.#route.to, rest));
    return { kind: 'moved', bytes: bytes.byteLength };
  }
}
