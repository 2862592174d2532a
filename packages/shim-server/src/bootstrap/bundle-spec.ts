import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';

/**
 * The annotations of a bundle's config.json; empty if it has none.
 * @throws SandshimError `not_found` without the file, `invalid_argument` if it is not a JSON object.
 */
export function readAnnotations(bundle: string): Readonly<Record<string, string>> {
  const path = join(bundle, 'config.json');
  const spec = parse(path, read(path));
  if (!isRecord(spec)) throw new SandshimError('invalid_argument', `${path}: not a JSON object`);
  const annotations = spec['annotations'];
  if (!isRecord(annotations)) return {};
  return Object.fromEntries(
    Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SandshimError('not_found', `cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SandshimError('invalid_argument', `${path}: not JSON: ${reason(error)}`, { cause: error });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
