import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly json: string | undefined;
  readonly svg: string | undefined;
  /** Ids of rows; empty: all. */
  readonly rows: readonly string[];
  /** Ids of subjects; empty: all. */
  readonly subjects: readonly string[];
  readonly runs: number;
  readonly settleMs: number;
  readonly peers: readonly { readonly name: string; readonly path: string }[];
}

export const usage = [
  'npm run bench -- [options]',
  '  --rows A,B          only these rows',
  '  --subjects A,B      only these subjects',
  '  --runs N            counted runs, default 10',
  '  --settle MS         quiet time before memory is looked at, default 5000',
  "  --peer NAME=PATH    gVisor's own containerd-shim-runsc-v1; may be given more than once",
  '  --json FILE         all figures and samples',
  '  --svg FILE          a chart of the ratios',
].join('\n');

/** @throws TypeError for an unknown option, RangeError for a value that cannot be. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      svg: { type: 'string' },
      rows: { type: 'string', default: '' },
      subjects: { type: 'string', default: '' },
      runs: { type: 'string', default: '10' },
      settle: { type: 'string', default: '5000' },
      peer: { type: 'string', multiple: true, default: [] },
    },
  });
  return {
    ...{ json: values.json, svg: values.svg },
    ...{ rows: words(values.rows), subjects: words(values.subjects) },
    runs: wholeNumber('runs', values.runs, 1),
    settleMs: wholeNumber('settle', values.settle, 0),
    peers: values.peer.map(parsePeer),
  };
}

function words(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '');
}

function wholeNumber(name: string, text: string, min: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < min) throw new RangeError(`--${name} ${text}: not a number from ${min} on`);
  return number;
}

function parsePeer(text: string): { readonly name: string; readonly path: string } {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) throw new RangeError(`--peer ${text}: not NAME=PATH`);
  return { name: text.slice(0, at), path: text.slice(at + 1) };
}
