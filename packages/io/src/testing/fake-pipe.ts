import { type FakeOpenFile, failure } from './fake-open-file.ts';

const defaultCapacity = 65_536;

/** The inside of a pipe or a fifo. */
export class FakePipe {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #everWritten = false;
  readers = 0;
  writers = 0;
  capacity = defaultCapacity;

  get size(): number {
    return this.#size;
  }

  /** Opens an end, or both. */
  open({ reads, writes }: { readonly reads: boolean; readonly writes: boolean }): FakeOpenFile {
    if (reads) this.readers++;
    if (writes) {
      this.writers++;
      this.#everWritten = true;
    }
    const pipe = this;
    return {
      kind: 'fifo',
      watchable: true,
      readiness() {
        return {
          readable: reads && pipe.#size > 0,
          writable: writes && pipe.#size < pipe.capacity,
          // As in Linux: a reader hears of no end before there was a writer.
          hangup: (reads && pipe.writers === 0 && pipe.#everWritten) || (writes && pipe.readers === 0),
        };
      },
      read(buffer) {
        if (!reads) throw failure('read', 'EBADF');
        return pipe.#take(buffer);
      },
      write(bytes) {
        if (!writes) throw failure('write', 'EBADF');
        return pipe.#put(bytes);
      },
      release() {
        if (reads) pipe.readers--;
        if (writes) pipe.writers--;
        if (pipe.readers + pipe.writers === 0) pipe.#chunks.length = pipe.#size = 0;
      },
    };
  }

  #take(buffer: Uint8Array): number | undefined {
    if (this.#size === 0) return this.writers === 0 ? 0 : undefined;
    let taken = 0;
    while (taken < buffer.byteLength) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = chunk.subarray(0, buffer.byteLength - taken);
      buffer.set(part, taken);
      taken += part.byteLength;
      if (part.byteLength === chunk.byteLength) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.byteLength);
    }
    this.#size -= taken;
    return taken;
  }

  #put(bytes: Uint8Array): number | undefined {
    if (this.readers === 0) throw failure('write', 'EPIPE');
    const room = this.capacity - this.#size;
    if (room === 0 && bytes.byteLength > 0) return undefined;
    const part = Buffer.from(bytes.subarray(0, room));
    if (part.byteLength > 0) this.#chunks.push(part);
    this.#size += part.byteLength;
    return part.byteLength;
  }
}
