import { parse } from 'smol-toml';

/** The shim's TOML for runsc, as far as a check can judge it. */
export interface RunscToml {
  readonly binaryName: string | undefined;
  readonly platform: string | undefined;
  readonly network: string | undefined;
  readonly problems: readonly string[];
}

const topLevelKeys: Readonly<Record<string, 'string' | 'boolean' | 'number'>> = {
  shim_cgroup: 'string',
  io_uid: 'number',
  io_gid: 'number',
  binary_name: 'string',
  root: 'string',
  log_level: 'string',
  log_path: 'string',
  grouping: 'boolean',
  enable_hibernate_server: 'boolean',
};

const choices: Readonly<Record<string, readonly string[]>> = {
  platform: ['systrap', 'ptrace', 'kvm'],
  network: ['sandbox', 'host', 'none'],
};

/** Reads it and lists every value that the shim or runsc would stumble on. Never throws. */
export function inspectRunscToml(source: string): RunscToml {
  let table: Record<string, unknown>;
  try {
    table = parse(source);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { binaryName: undefined, platform: undefined, network: undefined, problems: [`is not TOML: ${reason}`] };
  }
  const config = asTable(table['runsc_config']) ?? {};
  return {
    binaryName: asText(table['binary_name']),
    platform: asText(config['platform']),
    network: asText(config['network']),
    problems: [...topLevelProblems(table), ...configProblems(config)],
  };
}

function topLevelProblems(table: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(table).flatMap(([key, value]) => {
    if (key === 'runsc_config') return asTable(value) === undefined ? ['runsc_config is not a table'] : [];
    const expected = topLevelKeys[key];
    if (expected === undefined) return [`${key} is not a key of the shim (a runsc flag belongs below [runsc_config])`];
    const actual = typeof value === 'bigint' ? 'number' : typeof value;
    return actual === expected ? [] : [`${key} is a ${actual}, not a ${expected}`];
  });
}

function configProblems(config: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(config).flatMap(([key, value]) => {
    if (typeof value !== 'string')
      return [`runsc_config.${key} = ${String(value)} is not a text: write "${String(value)}"`];
    const allowed = choices[key];
    if (allowed === undefined || allowed.includes(value)) return [];
    return [`runsc_config.${key} = "${value}" is none of ${allowed.join(', ')}`];
  });
}

function asTable(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
