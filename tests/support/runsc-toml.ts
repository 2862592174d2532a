import { writeFile } from 'node:fs/promises';

export interface RunscTomlOptions {
  /** Flags of runsc, without the dashes. Default: ptrace, no network. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The runsc to run; default the one on PATH. */
  readonly binary?: string;
  /** Where runsc keeps its state. */
  readonly root?: string;
}

/** runsc's flags on a machine without KVM and with any kernel. */
export const plainFlags: Readonly<Record<string, string>> = { platform: 'ptrace', network: 'none' };

/** Writes the options file of the runsc shim, as gVisor's own shim reads it. */
export async function writeRunscToml(path: string, options: RunscTomlOptions = {}): Promise<void> {
  const flags = Object.entries({ ...plainFlags, ...options.flags }).map(([key, value]) => `  ${key} = "${value}"`);
  const lines = [
    ...(options.binary === undefined ? [] : [`binary_name = "${options.binary}"`]),
    ...(options.root === undefined ? [] : [`root = "${options.root}"`]),
    '[runsc_config]',
    ...flags,
    '',
  ];
  await writeFile(path, lines.join('\n'));
}
