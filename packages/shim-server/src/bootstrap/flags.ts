import { SandshimError } from '@sandshim/runsc-client';

/** The command line of a shim, as containerd's runtime v2 contract lays it down. An absent value is an empty string. */
export interface ShimFlags {
  readonly debug: boolean;
  readonly version: boolean;
  readonly info: boolean;
  readonly namespace: string;
  readonly id: string;
  readonly socket: string;
  readonly debugSocket: string;
  readonly bundle: string;
  readonly address: string;
  readonly publishBinary: string;
  /** The first argument that is no flag: `start`, `delete`, or empty to serve. */
  readonly action: string;
}

const booleanFlags = { debug: 'debug', v: 'version', version: 'version', info: 'info' } as const;
const stringFlags = {
  namespace: 'namespace',
  id: 'id',
  socket: 'socket',
  'debug-socket': 'debugSocket',
  bundle: 'bundle',
  address: 'address',
  'publish-binary': 'publishBinary',
} as const;
const truths: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text): [string, boolean] => [text, true]),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text): [string, boolean] => [text, false]),
]);

/**
 * Parses Go's flag syntax: one or two dashes, `-flag value` or `-flag=value`, until the first argument that is no flag.
 * @throws SandshimError `invalid_argument` for an unknown flag, a flag without its value, or a boolean that is none.
 */
export function parseFlags(argv: readonly string[]): ShimFlags {
  const flags = {
    debug: false,
    version: false,
    info: false,
    namespace: '',
    id: '',
    socket: '',
    debugSocket: '',
    bundle: '',
    address: '',
    publishBinary: '',
    action: '',
  };
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument);
    if (match === null) {
      if (/^--?./.test(argument) && argument !== '--') throw invalid(`bad flag syntax: ${argument}`);
      flags.action = (argument === '--' ? argv[index + 1] : argument) ?? '';
      break;
    }
    const [, name = '', inline] = match;
    if (isKeyOf(booleanFlags, name)) {
      const value = truths.get(inline ?? 'true');
      if (value === undefined) throw invalid(`invalid boolean value "${inline}" for -${name}`);
      flags[booleanFlags[name]] = value;
    } else if (isKeyOf(stringFlags, name)) {
      const value = inline ?? argv[++index];
      if (value === undefined) throw invalid(`flag needs an argument: -${name}`);
      flags[stringFlags[name]] = value;
    } else {
      throw invalid(`flag provided but not defined: -${name}`);
    }
  }
  return flags;
}

function isKeyOf<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key);
}

function invalid(message: string): SandshimError {
  return new SandshimError('invalid_argument', message);
}
