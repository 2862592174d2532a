import { closeSync, open } from 'node:fs';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Capture, captureHead, captureTail } from './capture.ts';
import { SandshimError } from './errors.ts';
import { parseFd } from './ids.ts';
import type { Scratch } from './scratch.ts';
import type { Spawner } from './spawner.ts';
import type { RuntimeStdio } from './stdio.ts';

const openFile = promisify(open);
const drainMs = 1_000;
const maxStderrBytes = 64 * 1_024;

/**
 * Captures what a process in a container writes. Its stdout and stderr are pipes: what Node itself connects to a child
 * are sockets, which a container cannot open again as /dev/stdout, and which runsc shuts down for both sides.
 */
export class CapturePipes implements Disposable {
  readonly stdio: RuntimeStdio;
  readonly stdout: Capture;
  readonly stderr: Capture;
  readonly #readers: readonly Socket[];
  #writers: readonly number[];

  private constructor(out: Pipe, err: Pipe, maxBytes: number) {
    this.stdio = { stdin: null, stdout: parseFd(out.writer), stderr: parseFd(err.writer) };
    this.#writers = [out.writer, err.writer];
    this.#readers = [readerOf(out), readerOf(err)];
    const [stdout, stderr] = this.#readers as readonly [Socket, Socket];
    this.stdout = captureHead(stdout, maxBytes);
    this.stderr = captureTail(stderr, Math.min(maxBytes, maxStderrBytes));
  }

  /** @throws SandshimError `unavailable` if the system gives no pipes. */
  static async open(scratch: Scratch, spawner: Spawner, maxBytes: number): Promise<CapturePipes> {
    const out = await scratch.path('stdout');
    const err = await scratch.path('stderr');
    const { exitCode, stderr, spawnError } = await spawner({
      file: 'mkfifo',
      args: ['-m', '600', out, err],
      maxCaptureBytes: 1_024,
    }).result;
    if (exitCode !== 0) {
      throw new SandshimError('unavailable', `cannot make pipes: ${spawnError?.message ?? stderr.trim()}`);
    }
    return CapturePipes.#openBoth(out, err, maxBytes).catch((cause: unknown) => {
      throw new SandshimError('unavailable', 'cannot open the pipes for the output', { cause });
    });
  }

  static async #openBoth(out: string, err: string, maxBytes: number): Promise<CapturePipes> {
    const first = await openPipe(out);
    try {
      return new CapturePipes(first, await openPipe(err), maxBytes);
    } catch (error) {
      closeSync(first.reader);
      closeSync(first.writer);
      throw error;
    }
  }

  /** The command has the writing ends now: this process closes its own. */
  handedOver(): void {
    for (const fd of this.#writers) closeSync(fd);
    this.#writers = [];
  }

  /** Waits until all that was written is read. A background process that keeps the pipes open is waited for 1 s. */
  async drain(): Promise<void> {
    const timer = setTimeout(() => this[Symbol.dispose](), drainMs);
    await Promise.allSettled(this.#readers.map((reader) => finished(reader, { writable: false })));
    clearTimeout(timer);
  }

  [Symbol.dispose](): void {
    this.handedOver();
    for (const reader of this.#readers) reader.destroy();
  }
}

interface Pipe {
  readonly reader: number;
  readonly writer: number;
}

/** Opens both ends of a fifo. In this order no open waits: the first has the other two ends. */
async function openPipe(path: string): Promise<Pipe> {
  const both = await openFile(path, 'r+');
  try {
    const reader = await openFile(path, 'r');
    try {
      return { reader, writer: await openFile(path, 'w') };
    } catch (error) {
      closeSync(reader);
      throw error;
    }
  } finally {
    closeSync(both);
  }
}

function readerOf(pipe: Pipe): Socket {
  const socket = new Socket({ fd: pipe.reader, readable: true, writable: false });
  // A pipe that breaks has ended; what came is what there is.
  socket.on('error', () => socket.destroy());
  return socket;
}
