import { SandshimError } from '../errors.ts';

/** JSON in which an integer that a number cannot hold exactly becomes a bigint. @throws SandshimError `internal` */
export function parseExactJson(text: string, path: string): unknown {
  // The third argument, with the number as it was written, is in the language since ES2025; the types lag behind.
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source;
    if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  };
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
  } catch (cause) {
    const shown = text === '' ? 'nothing' : JSON.stringify(text.slice(0, 80));
    throw new SandshimError('internal', `${path}: expected JSON, got ${shown}`, { cause });
  }
}
