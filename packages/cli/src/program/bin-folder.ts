import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that are installed beside `sandshim`. */
export const shimPrograms = {
  runsc: 'containerd-shim-runsc-v1',
  runc: 'containerd-shim-sandshim-runc-v2',
} as const;

/**
 * The folder of sandshim's own programs: SANDSHIM_BIN, else the nearest `bin` or `dist/bin` above this file that holds the shim.
 * Does not depend on PATH or on the current folder.
 */
export function ownBinFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = env['SANDSHIM_BIN'];
  if (given !== undefined && given !== '') return given;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [folder, join(folder, 'bin'), join(folder, 'dist', 'bin')]) {
      if (existsSync(join(candidate, shimPrograms.runsc))) return candidate;
    }
    if (folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
}
