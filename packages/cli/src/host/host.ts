/** What a path is; a symlink is followed unless it leads nowhere. */
export type FileKind = 'file' | 'directory' | 'fifo' | 'socket' | 'device' | 'dangling';

export interface FileInfo {
  readonly kind: FileKind;
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedAt: Date;
}

export interface CommandResult {
  /** Absent when the command was killed or could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunCommandOptions {
  /** The command is killed then; 10 s unless given. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The machine, as the operator's verbs see it: files, sockets and commands. Paths are absolute; a host with a root prefix (a test's)
 * puts it before each of them. What does not exist, or cannot be read, is `undefined` or empty rather than a failure.
 */
export interface Host {
  readText(path: string): Promise<string | undefined>;
  /** The first 64 KiB, for a look at what kind of file it is. */
  readHead(path: string): Promise<string | undefined>;
  list(path: string): Promise<readonly string[]>;
  info(path: string): Promise<FileInfo | undefined>;
  /** The path behind all symlinks. */
  realPath(path: string): Promise<string | undefined>;
  /** What a symlink says, such as the namespaces of /proc. */
  linkTarget(path: string): Promise<string | undefined>;
  isExecutable(path: string): Promise<boolean>;
  /** Whether this user may list or read it; `undefined` when it is not there. */
  isReadable(path: string): Promise<boolean | undefined>;
  /** Creates the folders above it. */
  writeText(path: string, text: string, options?: { readonly mode?: number }): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  makeFifo(path: string): Promise<void>;
  /** A file, a link, or a folder with what is in it; nothing to remove is fine. */
  remove(path: string): Promise<void>;
  /** Whether something accepts connections on that unix socket. */
  accepts(socketPath: string): Promise<boolean>;
  /** Runs an absolute path; never rejects. */
  run(path: string, args: readonly string[], options?: RunCommandOptions): Promise<CommandResult>;
}
