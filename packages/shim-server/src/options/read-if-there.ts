import { readFileSync } from 'node:fs';
import { SandshimError } from '@sandshim/runsc-client';

/** The text of a file, or `undefined` if there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandshimError(code === 'EACCES' ? 'permission_denied' : 'unknown', `cannot read ${path}: ${reason}`, {
      cause: error,
    });
  }
}
