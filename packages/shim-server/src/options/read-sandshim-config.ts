import { defaultConfig, logLevels, type SandshimConfig } from './sandshim-config.ts';
import { flag, integer, oneOf, type Read, readTable, text } from './schema.ts';
import { readTomlFile } from './toml-file.ts';

const schema = {
  grouping: flag,
  transport: oneOf(['ttrpc', 'grpc']),
  log_level: oneOf(logLevels),
  drain_timeout_ms: integer(0, 600_000),
  exit_grace_ms: integer(0, 600_000),
  runtime_control: oneOf(['auto', 'off']),
  socket_dir: text,
  node_flags: text,
  spares: integer(0, 16),
  spare_max_age_ms: integer(1000, 86_400_000),
  spare_dir: text,
} as const;

/**
 * Reads sandshim's configuration; a file that is not there is an empty one.
 * @throws SandshimError `invalid_argument` for a wrong value.
 */
export function readSandshimConfig(path: string, warn: (message: string) => void): SandshimConfig {
  const table = readTomlFile(path);
  return table === undefined ? defaultConfig : configFrom(readTable(schema, table, { source: path, warn }));
}

function configFrom(read: Read<typeof schema>): SandshimConfig {
  return {
    grouping: read.grouping ?? defaultConfig.grouping,
    transport: read.transport ?? defaultConfig.transport,
    logLevel: read.log_level ?? defaultConfig.logLevel,
    drainTimeoutMs: read.drain_timeout_ms ?? defaultConfig.drainTimeoutMs,
    exitGraceMs: read.exit_grace_ms ?? defaultConfig.exitGraceMs,
    runtimeControl: read.runtime_control ?? defaultConfig.runtimeControl,
    socketDir: read.socket_dir ?? defaultConfig.socketDir,
    nodeFlags: read.node_flags ?? defaultConfig.nodeFlags,
    spares: read.spares ?? defaultConfig.spares,
    spareMaxAgeMs: read.spare_max_age_ms ?? defaultConfig.spareMaxAgeMs,
    spareDir: read.spare_dir ?? defaultConfig.spareDir,
  };
}
