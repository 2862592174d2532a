import { type FileHandle, open } from 'node:fs/promises';

const newline = 0x0a;
const pieceBytes = 2 ** 20;

/** Reads a file that grows, or is not there yet, whole lines at a time. A file that was replaced is read from its beginning. */
export class LineReader {
  readonly #path: string;
  #offset = 0;
  #inode: number | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** What is there already is not read. */
  async skipToEnd(): Promise<void> {
    await this.#withFile(async (file) => {
      const { size, ino } = await file.stat();
      this.#offset = size;
      this.#inode = ino;
    });
  }

  /** The lines that have come since, without their newline. A line that is being written comes with its end. */
  async *lines(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.#withFile((file) => this.#readPiece(file));
      if (piece === undefined || piece.length === 0) return;
      this.#rest = Buffer.concat([this.#rest, piece]);
      for (let at = this.#rest.indexOf(newline); at >= 0; at = this.#rest.indexOf(newline)) {
        yield this.#rest.subarray(0, at);
        this.#rest = this.#rest.subarray(at + 1);
      }
    }
  }

  async #readPiece(file: FileHandle): Promise<Buffer> {
    const { size, ino } = await file.stat();
    if (size < this.#offset || (this.#inode !== undefined && this.#inode !== ino)) {
      this.#offset = 0;
      this.#rest = Buffer.alloc(0);
    }
    this.#inode = ino;
    const wanted = Math.min(pieceBytes, size - this.#offset);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), { position: this.#offset });
    this.#offset += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  async #withFile<T>(use: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#path, 'r');
    } catch {
      // It comes with its first line.
      return undefined;
    }
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }
}
