/** Where sandshim's own configuration stands, unless SANDSHIM_CONFIG names another file. */
export const defaultConfigPath = '/etc/sandshim/config.toml';

/** The log levels, most severe first. */
export const logLevels = ['error', 'warn', 'info', 'debug', 'trace'] as const;
/** How severe a line of the log is. */
export type LogLevel = (typeof logLevels)[number];

/** What neither containerd nor the runtimes have an option for. */
export interface SandshimConfig {
  /** One shim per pod, or one per container. */
  readonly grouping: boolean;
  readonly transport: 'ttrpc' | 'grpc';
  readonly logLevel: LogLevel;
  /** How long a delete waits for output that nobody has taken yet. Milliseconds. */
  readonly drainTimeoutMs: number;
  /** How long a shim without containers waits for containerd's Shutdown before it leaves by itself. Milliseconds. */
  readonly exitGraceMs: number;
  /** Talk to a running sandbox over its own socket where that is known to work, or only by its command line. */
  readonly runtimeControl: 'auto' | 'off';
  /** Folder of the sockets; empty: the default, or what containerd asks for. */
  readonly socketDir: string;
  /** Flags for Node itself, read by the launcher. */
  readonly nodeFlags: string;
  /** So many booted servers wait for the next start, on the whole machine, while there are containers. */
  readonly spares: number;
  /** How long a spare waits at most. Milliseconds. */
  readonly spareMaxAgeMs: number;
  /** Where spares wait; also read by the launcher. */
  readonly spareDir: string;
}

/** What holds without a configuration file. */
export const defaultConfig: SandshimConfig = {
  grouping: true,
  transport: 'ttrpc',
  logLevel: 'info',
  drainTimeoutMs: 10_000,
  exitGraceMs: 10_000,
  runtimeControl: 'auto',
  socketDir: '',
  nodeFlags: '',
  spares: 0,
  spareMaxAgeMs: 600_000,
  spareDir: '/run/sandshim/spares',
};
