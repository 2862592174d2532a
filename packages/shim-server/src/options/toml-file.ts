import { SandshimError } from '@sandshim/runsc-client';
import { parse } from 'smol-toml';
import { readIfThere } from './read-if-there.ts';

/** @throws SandshimError `invalid_argument` with the place of the mistake. */
export function parseToml(text: string, source: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandshimError('invalid_argument', `${source}: ${firstLine(reason)}${place(error)}`, { cause: error });
  }
}

/**
 * The parsed file, or `undefined` if there is none.
 * @throws SandshimError `invalid_argument` if it is no TOML, `permission_denied` or `unknown` if it cannot be read.
 */
export function readTomlFile(path: string): Readonly<Record<string, unknown>> | undefined {
  const text = readIfThere(path);
  return text === undefined ? undefined : parseToml(text, path);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

function place(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('line' in error) || !('column' in error)) return '';
  return ` (line ${String(error.line)}, column ${String(error.column)})`;
}
