import { usageError } from '../errors/cli-error.ts';

type Options = Readonly<Record<string, unknown>>;

/** Whether a flag was given. */
export function flag(options: Options, name: string): boolean {
  return options[name] === true;
}

/** Whether the negation of a flag was given: `negated(options, 'stream')` for `--no-stream`. */
export function negated(options: Options, name: string): boolean {
  return options[name] === false;
}

/** A text option; `undefined` when it was not given. */
export function text(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A repeatable text option. */
export function texts(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** @throws CliError `invalid_argument` unless the option is a number of at least `min`. */
export function numeric(options: Options, name: string, { min = 0 } = {}): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number) || number < min) {
    throw usageError(`--${kebab(name)} ${JSON.stringify(value)} is not a number of at least ${min}`);
  }
  return number;
}

const byteUnits: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Sizes as docker reads them: `512m`, `1.5g`, `4096`. @throws CliError `invalid_argument` */
export function bytes(options: Options, name: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?$/i.exec(value.trim());
  const unit = byteUnits[match?.[2]?.toLowerCase() ?? '?'];
  if (match?.[1] === undefined || unit === undefined) {
    throw usageError(`--${kebab(name)} ${JSON.stringify(value)} is not a size such as 512m or 1.5g`);
  }
  return Math.round(Number(match[1]) * unit);
}

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Durations: `90`, `90s`, `1m30s`, `2h`; in milliseconds. `undefined` if it is none. */
export function parseDurationMs(value: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd])?)+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount = '', unit = ''] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])?/g)) {
    total += Number(amount) * (durationUnits[unit] ?? 0);
  }
  return total;
}

/** @throws CliError `invalid_argument` */
export function durationMs(options: Options, name: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const ms = parseDurationMs(value);
  if (ms === undefined)
    throw usageError(`--${kebab(name)} ${JSON.stringify(value)} is not a duration such as 90s or 1m30s`);
  return ms;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
