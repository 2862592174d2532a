import { readFileSync } from 'node:fs';

declare const SANDSHIM_VERSION: string | undefined;

/** The version of this package: put in by the bundler, else read from the package.json beside `src` and `dist`. */
export function cliVersion(): string {
  if (typeof SANDSHIM_VERSION === 'string') return SANDSHIM_VERSION;
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}
