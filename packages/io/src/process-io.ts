import type { RuntimeStdio } from '@sandshim/runsc-client';
import type { WindowSize } from './sys/sys.ts';

/** Where a process's io comes from and goes to, as containerd names it. An empty string is: none. */
export interface IoEndpoints {
  readonly stdin: string;
  /** A fifo, a plain file, or a URI: file://, binary://, binary-v2://, fifo://. */
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
}

/** What was still open when a drain's time was up. */
export interface DrainReport {
  readonly complete: boolean;
  readonly open: readonly ('stdin' | 'stdout' | 'stderr' | 'console')[];
  readonly bytes: { readonly stdin: number; readonly stdout: number; readonly stderr: number };
  /** Bytes that a file did not take (a full disk). Default 0. */
  readonly lostBytes?: number;
}

/**
 * The io of one container process, from before its runtime command is started until it is deleted. Owned by whoever
 * opened it; `close()` is idempotent, releases every descriptor, and aborts what still copies.
 */
export interface ProcessIo extends AsyncDisposable {
  /** For the runtime's command; `undefined` with a terminal. */
  readonly stdio: RuntimeStdio | undefined;
  /** With a terminal: where the runtime sends the master. */
  readonly consoleSocket: string | undefined;
  /**
   * To be called once the runtime's command has returned successfully: closes the child's ends, receives the console, and
   * holds the reader of every output fifo.
   */
  started(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** The process has ended: output that is there is still copied, then the copiers end by themselves. */
  exited(): void;
  /** Without a terminal it does nothing. */
  resize(size: WindowSize): void;
  /** End of input for the process; remembered if it comes before the process was started. */
  closeStdin(): void;
  /** Waits until all output has reached its destination, at most `timeoutMs`. */
  drain(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<DrainReport>;
  close(): Promise<void>;
}

export interface OpenProcessIoOptions extends IoEndpoints {
  /** Container id, or exec id for an exec: what a logging program is told. */
  readonly id: string;
  readonly namespace: string;
  /** Owner of the pipes' ends that the process gets. */
  readonly uid?: number;
  readonly gid?: number;
  /**
   * Opens the client's stdin only after this (without a terminal, and not `direct`). A client whose input ends before it
   * knows of the task, as ctr's does when a pipe feeds it, never says that its input has ended; so it had better find no
   * reader before.
   */
  readonly inputAfter?: Promise<void>;
  /** Hand the client's fifos to the process itself; no copier. */
  readonly direct?: boolean;
  readonly signal?: AbortSignal;
}
