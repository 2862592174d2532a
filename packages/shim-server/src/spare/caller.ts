import { readFileSync, readlinkSync } from 'node:fs';
import type { Pid } from '@sandshim/runsc-client';
import { parsePid, SandshimError } from '@sandshim/runsc-client';

/** A launcher that waits for a spare, and all that it was started with. */
export interface Caller {
  readonly pid: Pid;
  /** Who started it: containerd. */
  readonly parentPid: Pid;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** What somebody else's Node was told, which the launchers keep from ours as well. */
export const foreignVariables = [
  ...['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_PATH', 'NODE_V8_COVERAGE'],
  ...['NODE_DEBUG', 'NODE_REDIRECT_WARNINGS', 'NODE_COMPILE_CACHE'],
];

/**
 * Reads a request, "PID PARENT-PID ARGUMENTS" in decimal, the last a count, and what /proc says of the process.
 * @throws SandshimError `invalid_argument` for anything else; what /proc answers for a process that has gone
 */
export function readCaller(request: string): Caller {
  const [, pid, parentPid, count] = /^(\d+) (\d+) (\d+)\n$/.exec(request) ?? [];
  if (pid === undefined || count === undefined)
    throw new SandshimError('invalid_argument', 'not a request for a spare');
  const argv = zeroSeparated(`/proc/${pid}/cmdline`);
  return {
    pid: parsePid(Number(pid)),
    parentPid: parsePid(Number(parentPid)),
    // Before them come the shell and the launcher's own path.
    args: argv.slice(argv.length - Number(count)),
    env: environment(zeroSeparated(`/proc/${pid}/environ`)),
    cwd: readlinkSync(`/proc/${pid}/cwd`),
  };
}

function environment(entries: readonly string[]): NodeJS.ProcessEnv {
  const pairs = entries.map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== '' && !foreignVariables.includes(name)));
}

function zeroSeparated(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return text === '' ? [] : text.replace(/\0$/, '').split('\0');
}
