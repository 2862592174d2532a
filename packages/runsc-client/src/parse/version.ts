import { unexpected } from './expect.ts';

/** What `--version` prints. */
export interface RuntimeVersion {
  /** As the binary calls itself: runsc, runc, crun. */
  readonly program: string;
  readonly version: string;
  readonly commit?: string;
  /** Version of the OCI runtime spec. */
  readonly spec?: string;
  /** All lines of the form `name: value`, by their names. */
  readonly details: Readonly<Record<string, string>>;
}

export function parseVersion(text: string, path = 'version'): RuntimeVersion {
  const [first = '', ...lines] = text.split('\n');
  const match = /^(\S+) version (\S.*?)\s*$/.exec(first);
  if (match?.[1] === undefined || match[2] === undefined) return unexpected(path, '"NAME version VERSION"', first);
  const details = Object.fromEntries(lines.flatMap(detailOf));
  const { commit, spec } = details;
  return {
    program: match[1],
    version: match[2],
    ...(commit === undefined ? {} : { commit }),
    ...(spec === undefined ? {} : { spec }),
    details,
  };
}

function detailOf(line: string): [string, string][] {
  const match = /^([^:\s][^:]*): *(.*?)\s*$/.exec(line);
  return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]]];
}
