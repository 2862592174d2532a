import { defaultRuntimeOptions, type RuntimeName, type RuntimeOptions } from './runtime-options.ts';
import type { LogLevel } from './sandshim-config.ts';
import { flag, integer, oneOf, readTable, text, textTable } from './schema.ts';

const maxId = 4_294_967_295;

// The names of logrus, which the Go shims log with.
const levels = {
  panic: 'error',
  fatal: 'error',
  error: 'error',
  warn: 'warn',
  warning: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
} as const satisfies Readonly<Record<string, LogLevel>>;

/** The keys of gVisor's runsc.toml, and those of containerd's runc table, which stand in CamelCase there. */
const schema = {
  shim_cgroup: text,
  io_uid: integer(0, maxId),
  io_gid: integer(0, maxId),
  binary_name: text,
  root: text,
  log_level: oneOf(['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace']),
  log_path: text,
  grouping: flag,
  enable_hibernate_server: flag,
  runsc_config: textTable,
  systemd_cgroup: flag,
  no_pivot_root: flag,
  no_new_keyring: flag,
  criu_path: text,
  criu_image_path: text,
  criu_work_path: text,
  // What CRI leaves in the table that it hands on as a body.
  type_url: text,
  config_path: text,
} as const;

/**
 * The options in a parsed runsc.toml (or, for runc, the same keys as containerd's own options).
 * @throws SandshimError `invalid_argument` for a value that does not fit its key.
 */
export function runtimeOptionsFromToml(
  table: Readonly<Record<string, unknown>>,
  context: { readonly runtime: RuntimeName; readonly source: string; readonly warn: (message: string) => void },
): RuntimeOptions {
  const read = readTable(schema, table, context);
  const base = defaultRuntimeOptions(context.runtime);
  if (read.enable_hibernate_server) context.warn(`${context.source}: enable_hibernate_server has no effect`);
  const runscConfig = read.runsc_config ?? base.runscConfig;
  return {
    runtime: context.runtime,
    binaryName: read.binary_name || base.binaryName,
    root: read.root || base.root,
    systemdCgroup: read.systemd_cgroup ?? runscConfig['systemd-cgroup'] === 'true',
    noPivotRoot: read.no_pivot_root ?? base.noPivotRoot,
    noNewKeyring: read.no_new_keyring ?? base.noNewKeyring,
    ioUid: read.io_uid ?? base.ioUid,
    ioGid: read.io_gid ?? base.ioGid,
    shimCgroup: read.shim_cgroup ?? base.shimCgroup,
    criuImagePath: read.criu_image_path ?? base.criuImagePath,
    criuWorkPath: read.criu_work_path ?? base.criuWorkPath,
    ...(read.log_level === undefined ? {} : { logLevel: levels[read.log_level] }),
    logPath: read.log_path ?? base.logPath,
    ...(read.grouping === undefined ? {} : { grouping: read.grouping }),
    runscConfig,
  };
}
