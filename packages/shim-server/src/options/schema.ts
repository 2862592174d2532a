import { SandshimError } from '@sandshim/runsc-client';

/** One kind of value in a configuration file. */
export interface Field<T> {
  /** What a person may write, for the error that says so. */
  readonly allowed: string;
  /** `undefined` if `value` is not of this kind. */
  parse(value: unknown): T | undefined;
}

export const text: Field<string> = {
  allowed: 'a string',
  parse: (value) => (typeof value === 'string' ? value : undefined),
};

export const flag: Field<boolean> = {
  allowed: 'true or false',
  parse: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** A whole number of `min` to `max`, both included. */
export function integer(min: number, max: number): Field<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    parse: (value) => {
      const number = typeof value === 'bigint' ? Number(value) : value;
      return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max
        ? number
        : undefined;
    },
  };
}

/** One of a few words, in any case. */
export function oneOf<const T extends string>(words: readonly T[]): Field<T> {
  return {
    allowed: words.map((word) => JSON.stringify(word)).join(', '),
    parse: (value) =>
      typeof value === 'string' ? words.find((word) => word.toLowerCase() === value.toLowerCase()) : undefined,
  };
}

/** A table of strings; numbers and booleans count as the text that they are written as. */
export const textTable: Field<Readonly<Record<string, string>>> = {
  allowed: 'a table of strings',
  parse: (value) => {
    if (!isTable(value)) return undefined;
    const entries = Object.entries(value);
    if (!entries.every(([, item]) => ['string', 'number', 'bigint', 'boolean'].includes(typeof item))) return undefined;
    return Object.fromEntries(entries.map(([key, item]) => [key, String(item)]));
  },
};

export type Schema = Readonly<Record<string, Field<unknown>>>;
/** What a table gives: only the keys that it has. */
export type Read<S extends Schema> = { readonly [K in keyof S]?: S[K] extends Field<infer T> ? T : never };

export interface ReadTableOptions {
  /** The file's name, for messages. */
  readonly source: string;
  /** Told of each key that `schema` lacks. */
  readonly warn: (message: string) => void;
}

/**
 * Reads the keys of `schema` from a parsed TOML table. Keys may also stand in CamelCase, as in containerd's own tables.
 * @throws SandshimError `invalid_argument` that names file, key and what is allowed there.
 */
export function readTable<S extends Schema>(
  schema: S,
  table: Readonly<Record<string, unknown>>,
  options: ReadTableOptions,
): Read<S> {
  const result: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(table)) {
    const key = Object.hasOwn(schema, written) ? written : snakeCase(written);
    const field = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (field === undefined) {
      options.warn(`${options.source}: unknown key ${JSON.stringify(written)} is ignored`);
      continue;
    }
    const parsed = field.parse(value);
    if (parsed === undefined) {
      throw new SandshimError(
        'invalid_argument',
        `${options.source}: ${written} is ${JSON.stringify(value)}, allowed: ${field.allowed}`,
      );
    }
    result[key] = parsed;
  }
  return result as Read<S>;
}

/** Whether `value` is a TOML or JSON table. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function snakeCase(key: string): string {
  return key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}
