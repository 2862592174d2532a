import { resolve } from 'node:path';

/** `--name`, or nothing. */
export function flag(name: string, on: boolean | undefined): readonly string[] {
  return on === true ? [name] : [];
}

/** `--name value`, or nothing. */
export function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** `--name=value`, or nothing. */
export function joined(name: string, value: string | number | boolean | undefined): readonly string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

/** `--name value`, the path made absolute, since the runtime may run in another folder. */
export function pathOption(name: string, path: string | undefined): readonly string[] {
  return path === undefined ? [] : [name, resolve(path)];
}
