import { SandshimError } from '../errors.ts';

/** A JSON object, whose fields are not known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * What a program printed is not what it has to print. `path` names the place, as in `list[3].pid`.
 * @throws SandshimError `internal`, always.
 */
export function unexpected(path: string, wanted: string, value: unknown): never {
  const shown = value === undefined ? 'nothing' : shortly(value);
  throw new SandshimError('internal', `${path}: expected ${wanted}, got ${shown}`);
}

export function expectRecord(value: unknown, path: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
  return unexpected(path, 'an object', value);
}

export function expectArray(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : unexpected(path, 'a list', value);
}

export function expectString(value: unknown, path: string): string {
  return typeof value === 'string' ? value : unexpected(path, 'a string', value);
}

/** A number of 0 or more that is exact or, above 2^53, as near as a number can be. */
export function expectCount(value: unknown, path: string): number {
  return typeof value === 'number' && value >= 0 ? value : unexpected(path, 'a number of 0 or more', value);
}

/** `expect`, unless the value is absent or null: then `undefined`. */
export function optional<T>(value: unknown, path: string, expect: (value: unknown, path: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : expect(value, path);
}

/** A counter that the runtime leaves out when it is 0. */
export function counterOrZero(value: unknown, path: string): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'bigint' && value >= 0n) return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return BigInt(value);
  return unexpected(path, 'a whole number of 0 or more', value);
}

function shortly(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value, bigintAsText) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
