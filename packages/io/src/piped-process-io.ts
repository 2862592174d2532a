import { setTimeout } from 'node:timers/promises';
import type { RuntimeStdio } from '@sandshim/runsc-client';
import type { DrainReport, ProcessIo } from './process-io.ts';
import type { Stream, StreamName } from './streams/stream.ts';

/** Process io without a terminal. */
export class PipedProcessIo implements ProcessIo {
  readonly #streams: readonly Stream[];
  readonly stdio: RuntimeStdio;
  readonly consoleSocket = undefined;

  constructor(streams: readonly Stream[]) {
    this.#streams = streams;
    this.stdio = {
      stdin: this.#stream('stdin')?.child ?? null,
      stdout: this.#stream('stdout')?.child ?? null,
      stderr: this.#stream('stderr')?.child ?? null,
    };
  }

  async started(): Promise<void> {
    for (const stream of this.#streams) stream.releaseChild();
  }

  exited(): void {
    for (const stream of this.#streams) stream.exited();
  }

  resize(): void {
    // Only a terminal has a size.
  }

  closeStdin(): void {
    const stdin = this.#stream('stdin');
    if (stdin !== undefined && 'closeInput' in stdin && typeof stdin.closeInput === 'function') stdin.closeInput();
  }

  async drain({
    timeoutMs,
    signal,
  }: {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
  }): Promise<DrainReport> {
    for (const stream of this.#streams) stream.releaseChild();
    const output = this.#streams.filter((stream) => stream.name !== 'stdin');
    const stop = new AbortController();
    const bound = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    try {
      const timeout = setTimeout(timeoutMs, undefined, { signal: bound }).catch(() => undefined);
      await Promise.race([Promise.all(output.map((stream) => stream.done)), timeout]);
    } finally {
      stop.abort();
    }
    const open = this.#streams.filter((stream) => !stream.complete).map((stream) => stream.name);
    const bytes = (name: StreamName) => this.#stream(name)?.bytes ?? 0;
    return {
      complete: open.every((name) => name === 'stdin'),
      open,
      bytes: { stdin: bytes('stdin'), stdout: bytes('stdout'), stderr: bytes('stderr') },
    };
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream[Symbol.dispose]();
    await Promise.all(this.#streams.map((stream) => stream.done));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #stream(name: StreamName): Stream | undefined {
    return this.#streams.find((stream) => stream.name === name);
  }
}
