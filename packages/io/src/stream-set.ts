import { setTimeout as sleep } from 'node:timers/promises';
import type { Fd } from '@sandshim/runsc-client';
import type { DrainReport } from './process-io.ts';
import type { InputStream } from './streams/input-stream.ts';
import type { Stream, StreamName } from './streams/stream.ts';

/** The streams of one process. It owns them. */
export class StreamSet implements AsyncDisposable {
  readonly #streams: Stream[] = [];
  #input: InputStream | undefined;

  addInput(stream: InputStream): void {
    this.#streams.push(stream);
    this.#input = stream;
  }

  addOutput(stream: Stream): void {
    this.#streams.push(stream);
  }

  child(name: StreamName): Fd | null {
    return this.#named(name)?.child ?? null;
  }

  releaseChildren(): void {
    for (const stream of this.#streams) stream.releaseChild();
  }

  exited(): void {
    for (const stream of this.#streams) stream.exited();
  }

  closeInput(): void {
    this.#input?.closeInput();
  }

  /** See {@link ProcessIo.drain}. */
  async drain({
    timeoutMs,
    signal,
  }: {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
  }): Promise<DrainReport> {
    this.releaseChildren();
    const stop = new AbortController();
    const bound = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    try {
      const timeUp = sleep(timeoutMs, undefined, { signal: bound }).catch(() => undefined);
      await Promise.race([Promise.all(this.#outputs().map((stream) => stream.done)), timeUp]);
    } finally {
      stop.abort();
    }
    return this.#report();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) stream[Symbol.dispose]();
    await Promise.all(this.#streams.map((stream) => stream.done));
  }

  #report(): DrainReport {
    const bytes = (name: StreamName) => this.#named(name)?.bytes ?? 0;
    return {
      complete: this.#outputs().every((stream) => stream.complete),
      open: this.#streams.filter((stream) => !stream.complete).map((stream) => stream.name),
      // A terminal has one output, which a client knows as its stdout.
      bytes: { stdin: bytes('stdin'), stdout: bytes('stdout') + bytes('console'), stderr: bytes('stderr') },
      lostBytes: this.#streams.reduce((sum, stream) => sum + (stream.lostBytes ?? 0), 0),
    };
  }

  #outputs(): readonly Stream[] {
    return this.#streams.filter((stream) => stream !== this.#input);
  }

  #named(name: StreamName): Stream | undefined {
    return this.#streams.find((stream) => stream.name === name);
  }
}
