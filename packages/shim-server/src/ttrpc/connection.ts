import type { Duplex } from 'node:stream';
import { FrameDecoder } from './decode.ts';
import { encodeFrame } from './encode.ts';
import type { DecodedFrame, Frame } from './frame.ts';

/** Who hears from a {@link FrameConnection}. */
export interface FrameListener {
  onFrame(decoded: DecodedFrame): void;
  /** Once, at the very end. `error` is absent when the peer closed in good order. */
  onClose(error: Error | undefined): void;
}

// What we keep for a peer that does not read: two answers of the largest size. Beyond it we stop reading what it asks.
const defaultMaxBacklogBytes = 8 << 20;

/** Frames over one byte stream. Owns the stream: closing either closes both. */
export class FrameConnection {
  readonly #stream: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #listener: FrameListener;
  readonly #maxBacklogBytes: number;
  #error: Error | undefined;
  #holds = 0;
  #heldByBacklog = false;
  #waitingForDrain: (() => void)[] = [];

  constructor(stream: Duplex, options: { readonly listener: FrameListener; readonly maxBacklogBytes?: number }) {
    this.#stream = stream;
    this.#listener = options.listener;
    this.#maxBacklogBytes = options.maxBacklogBytes ?? defaultMaxBacklogBytes;
    stream.on('data', (chunk: Uint8Array) => this.#read(chunk));
    stream.on('end', () => stream.end());
    stream.on('drain', () => this.#onDrain());
    stream.on('error', (error) => {
      this.#error ??= error;
    });
    stream.once('close', () => this.#onClose());
  }

  /** Bytes that were sent and that the peer has not yet taken. */
  get backlogBytes(): number {
    return this.#stream.writableLength;
  }

  /** Whether frames can still be sent. */
  get writable(): boolean {
    return this.#stream.writable;
  }

  /** Sends a frame now; a closed connection drops it. @throws `resource_exhausted` for a payload over 4 MiB. */
  send(frame: Frame): void {
    const bytes = encodeFrame(frame);
    if (!this.#stream.writable) return;
    this.#stream.write(bytes);
    if (!this.#heldByBacklog && this.backlogBytes > this.#maxBacklogBytes) {
      this.#heldByBacklog = true;
      this.#hold();
    }
  }

  /** Settles at once while the peer keeps up, else when it has taken everything, or is gone. */
  async drained(): Promise<void> {
    if (!this.#stream.writableNeedDrain || this.#stream.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waitingForDrain.push(resolve);
    await promise;
  }

  /** Reads nothing more from the peer until the answer is disposed. Holds add up. */
  holdReading(): Disposable {
    this.#hold();
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#release();
        held = false;
      },
    };
  }

  /** Sends what is queued, then closes. */
  end(): void {
    this.#stream.end();
  }

  /** Closes at once; what is queued is lost. */
  destroy(error?: Error): void {
    this.#error ??= error;
    this.#stream.destroy();
  }

  #read(chunk: Uint8Array): void {
    for (const decoded of this.#decoder.push(chunk)) {
      if (this.#stream.destroyed) return;
      this.#listener.onFrame(decoded);
    }
  }

  #hold(): void {
    this.#holds++;
    if (this.#holds === 1) this.#stream.pause();
  }

  #release(): void {
    this.#holds--;
    if (this.#holds === 0) this.#stream.resume();
  }

  #onDrain(): void {
    if (this.#heldByBacklog) {
      this.#heldByBacklog = false;
      this.#release();
    }
    this.#wakeSenders();
  }

  #onClose(): void {
    this.#wakeSenders();
    if (this.#error === undefined && this.#decoder.midFrame) {
      this.#error = new Error('the connection was closed inside a frame');
    }
    this.#listener.onClose(this.#error);
  }

  #wakeSenders(): void {
    const waiting = this.#waitingForDrain;
    this.#waitingForDrain = [];
    for (const wake of waiting) wake();
  }
}
