import { parse } from 'smol-toml';

/** One entry of containerd's table of CRI runtimes. */
export interface ConfiguredRuntime {
  readonly name: string;
  readonly runtimeType: string | undefined;
  readonly runtimePath: string | undefined;
  /** The OCI runtime that the options name. */
  readonly binaryName: string | undefined;
  /** The TOML that the options name (runsc). */
  readonly configPath: string | undefined;
}

export interface ContainerdConfig {
  readonly version: number;
  readonly imports: readonly string[];
  readonly state: string | undefined;
  readonly address: string | undefined;
  readonly runtimes: readonly ConfiguredRuntime[];
  /** Whether the file itself has a section for the CRI plugin. */
  readonly hasCriSection: boolean;
}

// The plugin's name up to config version 2, and since version 3.
const criPlugins = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime'] as const;

/** @throws Error of the TOML parser, with line and column. */
export function parseContainerdConfig(source: string): ContainerdConfig {
  const table = asTable(parse(source));
  const plugins = asTable(table['plugins']);
  const sections = criPlugins.flatMap((name) => (name in plugins ? [asTable(plugins[name])] : []));
  return {
    version: typeof table['version'] === 'number' ? table['version'] : 1,
    imports: Array.isArray(table['imports']) ? table['imports'].map(String) : [],
    state: asText(table['state']),
    address: asText(asTable(table['grpc'])['address']),
    runtimes: sections.flatMap((section) =>
      Object.entries(asTable(asTable(section['containerd'])['runtimes'])).map(([name, value]) => runtime(name, value)),
    ),
    hasCriSection: sections.length > 0,
  };
}

function runtime(name: string, value: unknown): ConfiguredRuntime {
  const table = asTable(value);
  const options = asTable(table['options']);
  return {
    name,
    runtimeType: asText(table['runtime_type']),
    runtimePath: asText(table['runtime_path']),
    binaryName: asText(options['BinaryName']),
    configPath: asText(options['ConfigPath']),
  };
}

function asTable(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
