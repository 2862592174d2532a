import type { Fd, Pid } from '@sandshim/runsc-client';

/** How a child ended, as wait4 reports it. */
export type ChildExit =
  | { readonly kind: 'exited'; readonly pid: Pid; readonly code: number }
  | { readonly kind: 'signaled'; readonly pid: Pid; readonly signal: number };

/** A program to be started. */
export interface ProcessImage {
  /** Without a slash it is looked for in this process's own PATH. */
  readonly file: string;
  /** Without the program's own name. */
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What becomes descriptor 0, 1, 2 and so on; `null` is /dev/null. They stay the caller's; the first three become blocking. */
  readonly descriptors: readonly (Fd | null)[];
}

/** One mount, as containerd describes it: `options` mixes flags (`ro`, `nosuid`) and data (`lowerdir=…`). */
export interface MountSpec {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly options: readonly string[];
}

export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
}

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** What a readiness watch reports. `hangup` comes with or without `readable`. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly hangup: boolean;
}

/** What to wait for. With neither, the watch rests and costs nothing. */
export interface WatchInterest {
  readonly readable: boolean;
  readonly writable: boolean;
  /**
   * Tell of changes only, not as long as something is ready: for a descriptor that may hang up for long and come back (a
   * pty's master). The listener then has to read until it would block. Default false.
   */
  readonly edgeTriggered?: boolean;
  /** Tell also when nothing else is waited for and the other side has hung up. Default false. */
  readonly hangup?: boolean;
}

/** Watches one descriptor on the event loop, without a thread. Disposing stops it; the descriptor stays open. */
export interface ReadinessWatch extends Disposable {
  /** Changes what is waited for. */
  update(interest: WatchInterest): void;
}

/**
 * Every system call that Node lacks. One real implementation (koffi) and one recording fake. Calls fail with
 * `SystemError`, which carries the errno's name. What can block returns a promise and runs off the main thread; the rest
 * never blocks. Whoever opens a descriptor here closes it with {@link Sys.close}. All descriptors are close-on-exec.
 */
export interface Sys {
  /** prctl(PR_SET_CHILD_SUBREAPER): orphaned descendants become this process's children. */
  becomeSubreaper(): void;
  /**
   * posix_spawn(3): a child that leads a session of its own, with every signal at its default. Unlike a fork it copies nothing of
   * this process, so its cost does not grow with that. Whoever calls it waits for the child: libuv knows nothing of it.
   * @throws SystemError also where the file cannot be executed
   */
  spawn(image: ProcessImage): Pid;
  /** waitpid(pid, WNOHANG) of exactly one pid; `undefined` while it runs. */
  waitPid(pid: Pid): ChildExit | undefined;
  /**
   * waitid(P_ALL, WEXITED | WNOHANG | WNOWAIT): the pid of some child that has ended and is not yet reaped, which stays
   * so; `undefined` when there is none, or no child at all (ECHILD). Lets the reaper find orphans without a walk of /proc.
   */
  peekExitedChild(): Pid | undefined;
  /** Blocks in the kernel, so off the main thread. */
  mount(mount: MountSpec): Promise<void>;
  /** umount2; with `lazy` MNT_DETACH. A path that is no mount point is EINVAL. */
  unmount(target: string, options?: { readonly lazy?: boolean }): Promise<void>;
  mkfifo(path: string, mode: number): void;
  /** A real pipe (not a socket pair), both ends non-blocking for us unless `blocking`. */
  pipe(options?: { readonly blocking?: boolean }): { readonly read: Fd; readonly write: Fd };
  /** open(2) with raw flags and O_CLOEXEC. Never opens a fifo blocking: pass O_NONBLOCK. */
  open(path: string, flags: number, mode?: number): Fd;
  close(fd: Fd): void;
  /** fstat(2): whether a name in the file system still leads to it. */
  isLinked(fd: Fd): boolean;
  /** fstat(2): what a descriptor refers to, also one that was opened by O_PATH. */
  fileKind(fd: Fd): 'fifo' | 'file' | 'folder' | 'other';
  /** Bytes read; 0 at end of file; `undefined` where the call would block. */
  read(fd: Fd, buffer: Uint8Array): number | undefined;
  /** Bytes written; `undefined` where the call would block. */
  write(fd: Fd, buffer: Uint8Array, offset?: number): number | undefined;
  /** splice(2), non-blocking; `undefined` where it would block, 0 at end of file. */
  splice(from: Fd, to: Fd, length: number): number | undefined;
  /** splice(2) that may wait, on a thread of libuv's pool: to or from a file. Neither end may be closed meanwhile. */
  spliceOffThread(from: Fd, to: Fd, length: number): Promise<number>;
  /** write(2) on a thread of libuv's pool: to a file. At least one byte is written. Do not close `fd` meanwhile. */
  writeOffThread(fd: Fd, buffer: Uint8Array): Promise<number>;
  /** Another descriptor of the same open file, close-on-exec. */
  duplicate(fd: Fd): Fd;
  setNonBlocking(fd: Fd, nonBlocking: boolean): void;
  chown(fd: Fd, uid: number, gid: number): void;
  pipeSize(fd: Fd): number;
  setPipeSize(fd: Fd, bytes: number): number;
  /** FIONREAD: bytes that wait in a pipe. */
  readableBytes(fd: Fd): number;
  windowSize(fd: Fd): WindowSize;
  setWindowSize(fd: Fd, size: WindowSize): void;
  /** A new pseudo terminal: its non-blocking master, and the path under which its slave can be opened. */
  openTerminal(): { readonly master: Fd; readonly path: string };
  peerCredentials(socket: Fd): PeerCredentials;
  /** One message and the descriptors that came with it; `undefined` where it would block. The caller owns them. */
  receiveDescriptors(
    socket: Fd,
    maxBytes: number,
  ): { readonly data: Uint8Array; readonly descriptors: readonly Fd[] } | undefined;
  /** Sends `data` with `descriptors` attached to its first byte. */
  sendDescriptors(socket: Fd, data: Uint8Array, descriptors: readonly Fd[]): number | undefined;
  /** A connected unix stream socket. A path that begins with a zero byte is abstract. */
  connectUnix(path: string): Fd;
  /** A listening unix socket, close-on-exec. */
  listenUnix(path: string, backlog?: number): Fd;
  /** `undefined` where no connection waits. */
  accept(socket: Fd): Fd | undefined;
  /**
   * Readiness on the event loop, level-triggered unless asked otherwise. Keeps the process alive while it is interested in
   * something. A descriptor may be watched more than once only through duplicates of it.
   * @throws SystemError EPERM for what is always ready: a regular file, /dev/null
   */
  watch(fd: Fd, interest: WatchInterest, listener: (readiness: Readiness) => void): ReadinessWatch;
  /** A pidfd; readable (see {@link Sys.watch}) once the process has ended, also for one that is no child. */
  pidfdOpen(pid: Pid): Fd;
  pidfdSignal(pidfd: Fd, signal: number): void;
  /** pidfd_getfd(2): a duplicate of another process's descriptor `number`. Needs the right to trace it. */
  pidfdDescriptor(pidfd: Fd, number: number): Fd;
  /** eventfd(2), for cgroup v1's notifications. */
  eventfd(): Fd;
  /**
   * inotify_init1 and one watch per path: for modifications, the default, or for readers that come and read, and the removal of
   * the name. Readable when that happened.
   */
  inotify(paths: readonly string[], options?: { readonly event?: 'modify' | 'read' }): Fd;
  /** prctl(PR_SCHED_CORE, CREATE) for the caller's process group. */
  createSchedCore(): void;
  /** flock(LOCK_EX | LOCK_NB): false while another open file holds it. Closing the descriptor releases it. */
  tryLock(fd: Fd): boolean;
  /**
   * Gives back what the process holds without need: free memory of the C library, and pages of program files that were only
   * read. They come back as they are used, from the page cache. For a process that has become idle: it takes a few
   * milliseconds, a tenth of a second later, and keeps no process alive for that.
   */
  releaseMemory(): Promise<void>;
  /** setsid(2): out of the starter's process group and session. A group's leader gets EPERM. */
  createSession(): void;
  /** sigprocmask(SIG_UNBLOCK): a signal that was kept back until now arrives. */
  unblockSignal(signal: number): void;
}
