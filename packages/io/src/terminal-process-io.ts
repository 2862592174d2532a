import { type Fd, SandshimError } from '@sandshim/runsc-client';
import type { ConsoleSocket } from './console/console-socket.ts';
import type { FifoReader } from './fifo/fifo-reader.ts';
import type { DrainReport, ProcessIo } from './process-io.ts';
import type { StreamSet } from './stream-set.ts';
import { ConsoleInput, ConsoleOutput } from './streams/console-streams.ts';
import { closeTarget, type OutputTarget } from './streams/output-target.ts';
import type { Sys, WindowSize } from './sys/index.ts';

/** What process io with a terminal is made of; it owns all of it. */
export interface TerminalParts {
  readonly sys: Sys;
  readonly socket: ConsoleSocket;
  readonly input: FifoReader | undefined;
  readonly target: OutputTarget;
  /** Settles when the logging program that reads the target has had all of it. */
  readonly consumed: Promise<void> | undefined;
  readonly streams: StreamSet;
  readonly owned: AsyncDisposable;
}

/** Process io with a terminal: its streams are there once the runtime has sent the master. */
export class TerminalProcessIo implements ProcessIo {
  readonly #parts: TerminalParts;
  readonly stdio = undefined;
  readonly consoleSocket: string;
  #state: 'opened' | 'started' | 'closed' = 'opened';
  #size: WindowSize | undefined;
  #output: ConsoleOutput | undefined;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
    this.consoleSocket = parts.socket.path;
  }

  /** @throws SandshimError `internal` where the runtime sent no console, `canceled` */
  async started(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { sys, socket, input, target, streams, consumed } = this.#parts;
    if (this.#state === 'started') return;
    const master = await socket.receive(options);
    if (this.#isClosed()) {
      sys.close(master);
      throw new SandshimError('canceled', 'the io was closed while it waited for a console');
    }
    this.#state = 'started';
    await socket[Symbol.asyncDispose]();
    if (this.#isClosed()) {
      sys.close(master);
      return;
    }
    if (input !== undefined) streams.addInput(new ConsoleInput(input, { sys, master: duplicate(sys, master) }));
    this.#output = new ConsoleOutput(target, { sys, master, ...(consumed !== undefined && { consumed }) });
    streams.addOutput(this.#output);
    if (this.#size !== undefined) this.#output.resize(this.#size);
  }

  exited(): void {
    this.#parts.streams.exited();
  }

  /** A size that comes before the console is remembered. */
  resize(size: WindowSize): void {
    this.#size = size;
    this.#output?.resize(size);
  }

  closeStdin(): void {
    this.#parts.input?.releaseWriter();
  }

  drain(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<DrainReport> {
    return this.#parts.streams.drain(options);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return this.#parts.owned[Symbol.asyncDispose]();
    const hadStreams = this.#output !== undefined;
    this.#state = 'closed';
    // What no stream took over is still ours.
    if (!hadStreams) {
      this.#parts.input?.[Symbol.dispose]();
      closeTarget(this.#parts.sys, this.#parts.target);
    }
    await this.#parts.owned[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}

function duplicate(sys: Sys, master: Fd): Fd {
  try {
    return sys.duplicate(master);
  } catch (error) {
    sys.close(master);
    throw error;
  }
}
