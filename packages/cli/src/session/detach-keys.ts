import { Transform, type TransformCallback } from 'node:stream';

const ctrlP = 0x10;
const ctrlQ = 0x11;

/**
 * Passes typed bytes on until ctrl-P ctrl-Q, docker's keys for leaving a container without ending it; then calls `onDetach` and swallows
 * the rest. A ctrl-P is held back until the next key shows what it is.
 */
export class DetachKeys extends Transform {
  readonly #onDetach: () => void;
  #held = false;
  #detached = false;

  constructor(onDetach: () => void) {
    super();
    this.#onDetach = onDetach;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#detached) {
      done();
      return;
    }
    const passed: number[] = [];
    for (const byte of chunk) {
      if (this.#held && byte === ctrlQ) {
        this.#detached = true;
        break;
      }
      if (this.#held) passed.push(ctrlP);
      this.#held = byte === ctrlP;
      if (!this.#held) passed.push(byte);
    }
    done(null, Buffer.from(passed));
    if (this.#detached) this.#onDetach();
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#held && !this.#detached ? Buffer.from([ctrlP]) : undefined);
  }
}
