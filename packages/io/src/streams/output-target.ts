import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fd } from '@sandshim/runsc-client';
import { Copier } from '../copy/copier.ts';
import { DiscardMover } from '../copy/discard-mover.ts';
import { FileMover } from '../copy/file-mover.ts';
import { PipeMover } from '../copy/pipe-mover.ts';
import { PlainMover } from '../copy/plain-mover.ts';
import { type FifoWriter, openFoundFifo } from '../fifo/fifo-writer.ts';
import { withFoundFile } from '../fifo/open-path.ts';
import type { Sys } from '../sys/index.ts';

/** A file that output is appended to; the last of its users closes it. */
export interface SharedFile {
  readonly fd: Fd;
  retain(): SharedFile;
  release(): void;
}

/** Where a copier puts output. Whoever has it disposes it by {@link closeTarget}. */
export type OutputTarget =
  | { readonly kind: 'fifo'; readonly fifo: FifoWriter }
  | { readonly kind: 'file'; readonly file: SharedFile }
  /** The pipe of a logging program. */
  | { readonly kind: 'pipe'; readonly fd: Fd }
  /** Nobody wants it, yet the process must not block. */
  | { readonly kind: 'discard' };

const appending = constants.O_WRONLY | constants.O_APPEND;

/** A fifo, or a file or device that exists. @throws SystemError */
export function openPathTarget(sys: Sys, path: string): OutputTarget {
  return withFoundFile(sys, path, (found) => {
    if (found.kind === 'fifo') return { kind: 'fifo', fifo: openFoundFifo(sys, found) };
    return { kind: 'file', file: shareFile(sys, found.open(appending | constants.O_NONBLOCK)) };
  });
}

/** A log file, made with its folder where it does not exist. @throws SystemError */
export async function openFileTarget(sys: Sys, path: string): Promise<OutputTarget> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const fd = sys.open(path, appending | constants.O_CREAT | constants.O_NONBLOCK, 0o644);
  return { kind: 'file', file: shareFile(sys, fd) };
}

/** What is copied into a target, and who is told of bytes that could not be written. */
export interface OutputSource {
  readonly sys: Sys;
  /** A pipe, or a pty's master. */
  readonly from: Fd;
  readonly terminal: boolean;
  readonly onLoss: (bytes: number, error: unknown) => void;
}

/** Starts to copy into a target. */
export function copyInto(target: OutputTarget, source: OutputSource): Copier {
  const { sys, from, terminal } = source;
  const edgeTriggered = { from: terminal };
  switch (target.kind) {
    case 'file': {
      const route = { sys, from, to: target.file.fd };
      return new Copier({ ...route, mover: new FileMover(route, source), targetAlwaysReady: true, edgeTriggered });
    }
    case 'discard': {
      const route = { sys, from, to: from };
      return new Copier({ ...route, mover: new DiscardMover(route, source), targetAlwaysReady: true, edgeTriggered });
    }
    default: {
      const route = { sys, from, to: target.kind === 'fifo' ? target.fifo.fd : target.fd };
      const mover = terminal ? new PlainMover(route, { terminal }) : new PipeMover(route);
      return new Copier({ ...route, mover, edgeTriggered });
    }
  }
}

/** All output has been handed over: readers may see the end. */
export function endTarget(sys: Sys, target: OutputTarget): void {
  if (target.kind === 'fifo') target.fifo.end();
  else closeTarget(sys, target);
}

export function closeTarget(sys: Sys, target: OutputTarget): void {
  if (target.kind === 'fifo') target.fifo[Symbol.dispose]();
  else if (target.kind === 'file') target.file.release();
  else if (target.kind === 'pipe') sys.close(target.fd);
}

function shareFile(sys: Sys, fd: Fd): SharedFile {
  let users = 1;
  const handle = (): SharedFile => {
    let released = false;
    return {
      fd,
      retain() {
        users++;
        return handle();
      },
      release() {
        if (released) return;
        released = true;
        if (--users === 0) sys.close(fd);
      },
    };
  };
  return handle();
}
