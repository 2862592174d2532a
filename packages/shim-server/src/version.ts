import { readFileSync } from 'node:fs';

// Put there by the bundler, which leaves no package.json beside the program.
declare const SANDSHIM_VERSION: string | undefined;

/** The version of this package. */
export function packageVersion(): string {
  if (typeof SANDSHIM_VERSION === 'string') return SANDSHIM_VERSION;
  const description: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = typeof description === 'object' && description !== null && 'version' in description;
  return version && typeof description.version === 'string' ? description.version : '0.0.0';
}
