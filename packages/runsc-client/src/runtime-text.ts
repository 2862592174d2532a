import type { ErrorCode } from './errors.ts';

/*
 * The one place where a runtime's words are read. The patterns are those of runsc 2022 to 2026, runc 1.0 to 1.4 and crun;
 * the first that matches decides.
 */
const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /flag provided but not defined|^usage:|incorrect usage|no help topic for|subcommand \S+ not understood/im,
    'unimplemented',
  ],
  [/unrecognized option|unknown command|not (?:implemented|supported)\b/i, 'unimplemented'],
  [/already exists|already in use/i, 'already_exists'],
  [/process already finished|no such process|process not found|container not running/i, 'not_found'],
  [/loading (?:container|sandbox).*(?:file does not exist|no such file)/is, 'not_found'],
  [/container(?: \S+)? does not exist|container with id \S+ does not exist|no such container/i, 'not_found'],
  [/error opening file .*status.*: no such file/i, 'not_found'],
  [/in state \S+|cannot \S+ (?:a )?container (?:that|in)|is not (?:running|paused|stopped)\b/i, 'failed_precondition'],
  [/cannot (?:start|exec|pause|resume|signal|delete|kill)\b.*(?:stopped|state|not|running)/i, 'failed_precondition'],
  [/container not (?:paused|running)|already paused|container is (?:running|stopped)/i, 'failed_precondition'],
  [/unknown signal|invalid signal|invalid argument|invalid (?:container )?id|invalid id format/i, 'invalid_argument'],
  [/executable file not found|exec(?:ing)?:? .*no such file|failed to (?:load|find) .*in path/i, 'invalid_argument'],
  [/(?:reading|opening) spec|config\.json|chdir \S+: no such file|spec\.json/i, 'invalid_argument'],
  [/no space left|too many open files|cannot allocate memory|resource temporarily unavailable/i, 'resource_exhausted'],
  [/permission denied|operation not permitted|must be (?:run as )?root/i, 'permission_denied'],
  [/connection refused|connecting to control server|urpc method .* failed: EOF/i, 'unavailable'],
];

/** The code of what a runtime said; `unknown` if it said nothing that is known. */
export function codeOfRuntimeText(text: string): ErrorCode {
  return codes.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown';
}

/** The last line that a person can use of what a command wrote on its stderr. */
export function lastStderrMessage(stderr: string): string | undefined {
  const line = stderr.trimEnd().split('\n').at(-1)?.trim();
  if (line === undefined || line === '') return undefined;
  return errorOfLogrusLine(line) ?? line;
}

/** The message of a line in logrus's text format, if its level is error or worse. */
export function errorOfLogrusLine(line: string): string | undefined {
  const quoted = /\blevel=(?:error|fatal|panic) msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  if (quoted === undefined) return /\blevel=(?:error|fatal|panic) msg=([^\s"]+)/.exec(line)?.[1];
  try {
    return String(JSON.parse(quoted)).trim();
  } catch {
    // Go's quoting knows escapes that JSON does not.
    return quoted.slice(1, -1).trim();
  }
}
