import type { ProcessIo } from '@sandshim/io';
import type { WindowSize } from '@sandshim/io/sys';
import { SandshimError } from '@sandshim/runsc-client';
import { settledWithin, timeIsUp } from '../lib/bounded.ts';
import { identitiesOf, type StreamIdentities } from './stream-identity.ts';

/**
 * A process's io from before it is opened until it is closed: what is asked of it too early is remembered and done once
 * it is there.
 */
export class ProcessStreams {
  #io: ProcessIo | undefined;
  #identities: StreamIdentities = { stdin: undefined, stdout: undefined, stderr: undefined };
  #size: WindowSize | undefined;
  #stdinClosed = false;
  #started = false;

  /** The io, once opened. */
  get io(): ProcessIo | undefined {
    return this.#io;
  }

  /** What the process's ends are; nothing for a terminal. */
  get identities(): StreamIdentities {
    return this.#identities;
  }

  /** Takes over `io`. */
  opened(io: ProcessIo): void {
    this.#io = io;
    if (io.stdio !== undefined) this.#identities = identitiesOf(io.stdio);
    if (this.#stdinClosed) io.closeStdin();
  }

  /** The runtime has taken its ends. Once. @throws SandshimError `deadline_exceeded` if it does not hand over a terminal */
  async started({ timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void> {
    if (this.#started || this.#io === undefined) return;
    const started = this.#io.started(signal === undefined ? {} : { signal });
    if ((await settledWithin(started, timeoutMs)) === timeIsUp) {
      throw new SandshimError('deadline_exceeded', `the streams are not connected within ${timeoutMs} ms`);
    }
    this.#started = true;
    if (this.#size !== undefined) this.#io.resize(this.#size);
  }

  exited(): void {
    this.#io?.exited();
  }

  resize(size: WindowSize): void {
    this.#size = size;
    if (this.#started) this.#io?.resize(size);
  }

  closeStdin(): void {
    this.#stdinClosed = true;
    this.#io?.closeStdin();
  }

  /** Lets output arrive for at most `timeoutMs`, then closes everything. What was still open is told. */
  async drainAndClose(options: {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
  }): Promise<readonly string[]> {
    const report = await this.#io?.drain(options);
    await this.close();
    return report === undefined || report.complete ? [] : report.open;
  }

  async close(): Promise<void> {
    await this.#io?.close();
  }
}
