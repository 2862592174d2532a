import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counter } from './metrics.ts';

/** A cgroup file's text; `undefined` where the kernel has no such file. */
export async function readText(folder: string | undefined, file: string): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  // A controller or a file that this kernel lacks is no failure: its counters are absent.
  return readFile(join(folder, file), 'utf8').catch(() => undefined);
}

/** The number in a file; "max" is the greatest there is. */
export async function readCounter(folder: string | undefined, file: string): Promise<Counter | undefined> {
  return parseCounter((await readText(folder, file))?.trim());
}

/** The counters of a file with lines `name value`. */
export async function readKeyed(folder: string | undefined, file: string): Promise<ReadonlyMap<string, Counter>> {
  return parseKeyed((await readText(folder, file)) ?? '');
}

export const noLimit: Counter = 2n ** 64n - 1n;

/** `undefined` unless `text` is a whole number of 0 or more, or "max". */
export function parseCounter(text: string | undefined): Counter | undefined {
  if (text === 'max') return noLimit;
  return text !== undefined && /^[0-9]+$/.test(text) ? BigInt(text) : undefined;
}

/** Lines `name value`; others are left out. */
export function parseKeyed(text: string): ReadonlyMap<string, Counter> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, value, ...rest] = line.trim().split(/\s+/);
      const counter = parseCounter(value);
      return name && counter !== undefined && rest.length === 0 ? [[name, counter] as const] : [];
    }),
  );
}

/** Lines `name key=value key=value …` of version 2's nested files. */
export function parseNested(text: string): ReadonlyMap<string, ReadonlyMap<string, Counter>> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, ...pairs] = line.trim().split(/\s+/);
      if (!name) return [];
      return [[name, parseKeyed(pairs.map((pair) => pair.replace('=', ' ')).join('\n'))] as const];
    }),
  );
}

/** `record` without what is undefined in it. */
export function known<Name extends string>(
  record: Readonly<Record<Name, Counter | undefined>>,
): { readonly [Key in Name]?: Counter } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [Key in Name]?: Counter;
  };
}
