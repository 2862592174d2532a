import { type Fd, SandshimError } from '@sandshim/runsc-client';
import type { Sys } from '../sys/index.ts';
import { Copier, type CopyEnd } from './copier.ts';
import { FileMover } from './file-mover.ts';
import { PipeMover } from './pipe-mover.ts';
import { PlainMover } from './plain-mover.ts';

/** What is copied where. Pipes, fifos, sockets and terminals have to be non-blocking. */
export interface CopyOptions {
  readonly sys: Sys;
  /** A pipe, a fifo, a socket or a terminal; no file. */
  readonly from: Fd;
  readonly to: Fd;
  /** Which side is a pty's master: it may be without any process for a while, which is not its end. */
  readonly terminal?: 'from' | 'to';
  /** Aborts the copy. */
  readonly signal?: AbortSignal;
}

/** A copy that runs on the event loop, without a thread. It owns neither descriptor. Disposing aborts it. */
export interface RunningCopy extends Disposable {
  /** Bytes that arrived, or are on their way between the two. */
  readonly bytes: number;
  /** Bytes that a file did not take. */
  readonly lostBytes: number;
  /** Settles once, never rejects; only then may the descriptors be closed. */
  readonly done: Promise<CopyEnd>;
  /** Copies what is there, then ends, even if the source stays open: for a terminal whose process has ended. */
  finish(): void;
}

/**
 * Copies until the source ends: by splice where a stream is busy, by read and write where it trickles, into a file off the
 * main thread. A target that is full makes the source wait.
 * @throws SandshimError `canceled`; SystemError EPERM for a source that is a file
 */
export function startCopy(options: CopyOptions): RunningCopy {
  const { signal } = options;
  if (signal?.aborted) throw new SandshimError('canceled', 'the copy was canceled', { cause: signal.reason });
  let lostBytes = 0;
  const copier = makeCopier(options, (bytes) => {
    lostBytes += bytes;
  });
  const abort = () => copier.abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    get bytes() {
      return copier.bytes - lostBytes;
    },
    get lostBytes() {
      return lostBytes;
    },
    done: copier.done.finally(() => signal?.removeEventListener('abort', abort)),
    finish: () => copier.finish(),
    [Symbol.dispose]: abort,
  };
}

function makeCopier({ sys, from, to, terminal }: CopyOptions, onLoss: (bytes: number) => void): Copier {
  const route = { sys, from, to };
  const edgeTriggered = { from: terminal === 'from', to: terminal === 'to' };
  if (sys.fileKind(to) === 'file') {
    const mover = new FileMover(route, { terminal: edgeTriggered.from, onLoss });
    return new Copier({ ...route, mover, edgeTriggered, targetAlwaysReady: true });
  }
  const mover = terminal === undefined ? new PipeMover(route) : new PlainMover(route, { terminal: edgeTriggered.from });
  return new Copier({ ...route, mover, edgeTriggered });
}
