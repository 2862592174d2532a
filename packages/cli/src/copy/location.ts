import { usageError } from '../errors/cli-error.ts';

/** One side of a copy. */
export type Location =
  | { readonly kind: 'container'; readonly reference: string; readonly path: string }
  | { readonly kind: 'host'; readonly path: string }
  /** A tar archive on stdin or stdout. */
  | { readonly kind: 'archive' };

/** Reads `ID:PATH`, a path of this host, or `-`. A path of this host that has a colon begins with `.` or `/`. */
export function parseLocation(text: string): Location {
  if (text === '-') return { kind: 'archive' };
  const at = text.indexOf(':');
  if (at <= 0 || /^[./]/.test(text)) return { kind: 'host', path: text };
  return { kind: 'container', reference: text.slice(0, at), path: text.slice(at + 1) || '/' };
}

/** A copy, which goes into a container or out of one. */
export interface Copy {
  readonly direction: 'in' | 'out';
  readonly container: Extract<Location, { kind: 'container' }>;
  readonly outside: Exclude<Location, { kind: 'container' }>;
}

/** @throws CliError `invalid_argument` unless exactly one side is a container. */
export function parseCopy(source: string, destination: string): Copy {
  const [from, to] = [parseLocation(source), parseLocation(destination)];
  if (from.kind === 'container' && to.kind !== 'container') return { direction: 'out', container: from, outside: to };
  if (to.kind === 'container' && from.kind !== 'container') return { direction: 'in', container: to, outside: from };
  throw usageError('cp copies between a container (ID:PATH) and this host (PATH, or - for a tar archive)', {
    verb: 'cp',
  });
}
