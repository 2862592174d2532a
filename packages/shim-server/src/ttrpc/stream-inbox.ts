import { SandshimError } from '@sandshim/runsc-client';
import type { FrameConnection } from './connection.ts';

/** Bounds on what one stream may leave unread. */
export interface StreamLimits {
  /** Payload bytes that may wait for the reader before the connection is no longer read. */
  readonly maxWaitingBytes: number;
  /** How long the whole connection may wait for this reader before its stream is given up. */
  readonly stallMs: number;
}

/** The protocol has no flow control of its own, so one slow reader must not hold up the other calls for long. */
export const defaultStreamLimits: StreamLimits = { maxWaitingBytes: 1 << 20, stallMs: 1000 };

type End = { readonly error: Error | undefined };

/** Messages of one stream on their way to their reader, in order. One reader. */
export class StreamInbox implements Disposable {
  readonly #connection: FrameConnection;
  readonly #limits: StreamLimits;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #end: End | undefined;
  #wakeReader: (() => void) | undefined;
  #stall: { readonly hold: Disposable; readonly timer: NodeJS.Timeout } | undefined;

  constructor(connection: FrameConnection, limits: StreamLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  /** Whether its end has come, though some of it may still wait to be read. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  push(payload: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#waiting.push(payload);
    this.#waitingBytes += payload.length;
    if (this.#waitingBytes > this.#limits.maxWaitingBytes) this.#startStall();
    this.#wake();
  }

  /** No message follows. What is waiting can still be read; without `error` the reader then sees the end. */
  end(error?: Error): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#endStall();
    this.#wake();
  }

  /** Gives up everything that nobody read. */
  [Symbol.dispose](): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.end();
  }

  /** The next message's bytes; `undefined` at the end. @throws what {@link end} was given. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const payload = this.#waiting.shift();
      if (payload !== undefined) {
        this.#waitingBytes -= payload.length;
        if (this.#waitingBytes <= this.#limits.maxWaitingBytes) this.#endStall();
        return payload;
      }
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #startStall(): void {
    this.#stall ??= {
      hold: this.#connection.holdReading(),
      timer: setTimeout(() => {
        this.end(new SandshimError('resource_exhausted', 'ttrpc: stream buffer full'));
      }, this.#limits.stallMs).unref(),
    };
  }

  #endStall(): void {
    clearTimeout(this.#stall?.timer);
    this.#stall?.hold[Symbol.dispose]();
    this.#stall = undefined;
  }

  #wake(): void {
    const wake = this.#wakeReader;
    this.#wakeReader = undefined;
    wake?.();
  }
}

/** The messages of a stream, decoded as they are read. */
export async function* readMessages<T>(inbox: StreamInbox, decode: (payload: Uint8Array) => T): AsyncGenerator<T> {
  for (;;) {
    const payload = await inbox.next();
    if (payload === undefined) return;
    yield decode(payload);
  }
}
