import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { encodeLog } from './log-line.ts';

const maxBytes = 64 * 2 ** 20;

/** The name of the older half of a log. */
export function olderLog(path: string): string {
  return `${path}.1`;
}

/** Writes a container's log, and starts a new file when it has become too large; the one before is kept. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  #fd: number;
  #size: number;

  constructor(path: string, options: { readonly maxBytes?: number } = {}) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#maxBytes = options.maxBytes ?? maxBytes;
    this.#fd = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
  }

  write(stream: 'stdout' | 'stderr', chunk: Uint8Array): void {
    const lines = encodeLog(stream, chunk, new Date());
    if (this.#size > 0 && this.#size + lines.length > this.#maxBytes) this.#rotate();
    try {
      writeSync(this.#fd, lines);
      this.#size += lines.length;
    } catch {
      // A full disk must not stop a container; what does not fit is lost.
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #rotate(): void {
    renameSync(this.#path, olderLog(this.#path));
    closeSync(this.#fd);
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#size = 0;
  }
}
