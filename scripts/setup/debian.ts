import { readFile } from 'node:fs/promises';
import { NeedError } from '../lib/need-error.ts';

/** The Debian release that this machine runs: "bookworm". */
export interface Debian {
  readonly codename: string;
}

/**
 * Makes sure that packages can be installed and containers started here.
 * Throws NeedError, which says what is missing, on anything but root on Debian.
 */
export async function requireDebianRoot(wanted: string): Promise<Debian> {
  const release = await readOsRelease();
  const name = release.get('PRETTY_NAME') ?? 'an unknown system';
  const codename = release.get('VERSION_CODENAME');
  if (release.get('ID') !== 'debian' || codename === undefined) {
    throw new NeedError(
      `${wanted} needs Debian (this is ${name}): run it in a Debian 12 machine or VM; npm run test:unit works anywhere on Linux.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new NeedError(
      `${wanted} needs root to install packages and start containers: run it as root (sudo npm …); npm run test:unit works without.`,
    );
  }
  return { codename };
}

async function readOsRelease(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return parseOsRelease(text);
}

/** Reads the NAME="value" lines of os-release(5). */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z][A-Z0-9_]*)=(["']?)(.*)\2\s*$/.exec(line);
    if (match?.[1] !== undefined && match[3] !== undefined) entries.set(match[1], match[3]);
  }
  return entries;
}
