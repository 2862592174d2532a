import type { RuntimeStdio } from '@sandshim/runsc-client';
import type { DrainReport, ProcessIo } from './process-io.ts';
import type { StreamSet } from './stream-set.ts';

/** Process io without a terminal. It owns what `owned` disposes. */
export class PipedProcessIo implements ProcessIo {
  readonly #streams: StreamSet;
  readonly #owned: AsyncDisposable;
  readonly stdio: RuntimeStdio;
  readonly consoleSocket = undefined;

  constructor(streams: StreamSet, owned: AsyncDisposable) {
    this.#streams = streams;
    this.#owned = owned;
    this.stdio = {
      stdin: streams.child('stdin'),
      stdout: streams.child('stdout'),
      stderr: streams.child('stderr'),
    };
  }

  async started(): Promise<void> {
    this.#streams.releaseChildren();
  }

  exited(): void {
    this.#streams.exited();
  }

  resize(): void {
    // Only a terminal has a size.
  }

  closeStdin(): void {
    this.#streams.closeInput();
  }

  drain(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<DrainReport> {
    return this.#streams.drain(options);
  }

  async close(): Promise<void> {
    await this.#owned[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
