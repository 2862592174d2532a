import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fd, SandshimError } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';
import { untilReadable } from '../until-ready.ts';

const maxNameBytes = 4096;

/**
 * The socket over which a runtime hands out the master of a process's terminal, in a folder that only its owner can
 * enter. Closing removes both.
 */
export class ConsoleSocket implements AsyncDisposable {
  readonly #sys: Sys;
  readonly #folder: string;
  readonly #closing = new AbortController();
  #listener: Fd | undefined;

  private constructor(sys: Sys, at: { readonly folder: string; readonly listener: Fd }) {
    this.#sys = sys;
    this.#folder = at.folder;
    this.#listener = at.listener;
  }

  /** Below XDG_RUNTIME_DIR where that is set, else below the folder for temporary files. @throws SystemError */
  static async open(sys: Sys): Promise<ConsoleSocket> {
    const folder = await mkdtemp(join(process.env['XDG_RUNTIME_DIR'] || tmpdir(), 'pty'));
    try {
      return new ConsoleSocket(sys, { folder, listener: sys.listenUnix(join(folder, 'pty.sock'), 1) });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** What the runtime is told. */
  get path(): string {
    return join(this.#folder, 'pty.sock');
  }

  /**
   * The master that the runtime sends, non-blocking; the caller owns it. Waits for it, so bound it by `signal`.
   * @throws SandshimError `canceled`; `internal` where something else comes than one descriptor
   */
  async receive(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Fd> {
    const listener = this.#listener;
    if (listener === undefined) throw new SandshimError('failed_precondition', 'the console socket is closed');
    const closing = this.#closing.signal;
    const signal = options.signal === undefined ? closing : AbortSignal.any([closing, options.signal]);
    const waiting = { sys: this.#sys, signal };
    let connection = this.#sys.accept(listener);
    while (connection === undefined) {
      await untilReadable(listener, waiting);
      connection = this.#sys.accept(listener);
    }
    try {
      let message = this.#sys.receiveDescriptors(connection, maxNameBytes);
      while (message === undefined) {
        await untilReadable(connection, waiting);
        message = this.#sys.receiveDescriptors(connection, maxNameBytes);
      }
      return this.#only(message.descriptors);
    } finally {
      this.#sys.close(connection);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#listener === undefined) return;
    this.#closing.abort();
    this.#sys.close(this.#listener);
    this.#listener = undefined;
    await rm(this.#folder, { recursive: true, force: true });
  }

  #only(descriptors: readonly Fd[]): Fd {
    const [master, ...others] = descriptors;
    if (master !== undefined && others.length === 0) {
      this.#sys.setNonBlocking(master, true);
      return master;
    }
    for (const fd of descriptors) this.#sys.close(fd);
    const message = `the runtime sent ${descriptors.length} descriptors for a console, not one`;
    throw new SandshimError('internal', message);
  }
}
