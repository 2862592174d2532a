import { SandshimError } from '@sandshim/runsc-client';

/** Where output goes, read from the string by which containerd names it. */
export type OutputEndpoint =
  | { readonly kind: 'none' }
  /** A fifo, or a file that exists. */
  | { readonly kind: 'path'; readonly path: string }
  /** A file, made with its folder where it does not exist; for stdout and stderr alike. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'logger'; readonly command: LoggerCommand };

/** A logging program. */
export interface LoggerCommand {
  readonly path: string;
  readonly args: readonly string[];
  /** `binary-v2`: the program has to say that it is ready; `binary`: its silent death counts as that. */
  readonly strictReadiness: boolean;
}

const schemes = 'none (a path), fifo, file, binary, binary-v2';
const uri = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/s;

/**
 * @throws SandshimError `invalid_argument` for another scheme, listing the right ones, and for a URI without an absolute
 * path
 */
export function parseOutputEndpoint(value: string): OutputEndpoint {
  if (value === '') return { kind: 'none' };
  const match = uri.exec(value);
  if (match === null) return { kind: 'path', path: value };
  const [, scheme = '', host = '', encoded = '', query = ''] = match;
  // Go joins a host in front of the path for fifo URIs of one relative part; nothing that containerd writes has one.
  if (host !== '' || !encoded.startsWith('/')) {
    throw new SandshimError('invalid_argument', `${scheme} URI ${JSON.stringify(value)} needs an absolute path`);
  }
  switch (scheme.toLowerCase()) {
    case 'fifo':
      return { kind: 'path', path: decode(encoded, value) };
    case 'file':
      return { kind: 'file', path: decode(encoded, value) };
    case 'binary':
    case 'binary-v2':
      return {
        kind: 'logger',
        command: {
          path: decode(encoded, value),
          args: loggerArgs(query),
          strictReadiness: scheme.toLowerCase() === 'binary-v2',
        },
      };
    default:
      throw new SandshimError(
        'invalid_argument',
        `unknown stdio scheme ${JSON.stringify(scheme)}; known are ${schemes}`,
      );
  }
}

function decode(encoded: string, whole: string): string {
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch (cause) {
    throw new SandshimError('invalid_argument', `bad percent-encoding in ${JSON.stringify(whole)}`, { cause });
  }
  if (path.includes('\0')) throw new SandshimError('invalid_argument', `zero byte in ${JSON.stringify(whole)}`);
  return path;
}

/** containerd's rule: each key of the query and its first value become two arguments; an empty value is left out. */
function loggerArgs(query: string): string[] {
  const args: string[] = [];
  const seen = new Set<string>();
  for (const [key, value] of new URLSearchParams(query)) {
    if (seen.has(key)) continue;
    seen.add(key);
    args.push(key);
    if (value !== '') args.push(value);
  }
  return args;
}
