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
  [
    /unrecognized option|unknown command|unknown argument|\[unknown method\]|not (?:implemented|supported)\b/i,
    'unimplemented',
  ],
  [/already exists|already in use|: file exists/i, 'already_exists'],
  [/no such process|process not found/i, 'not_found'],
  [/loading (?:container|sandbox).*(?:file does not exist|no such file)/is, 'not_found'],
  [/container(?: \S+)? does not exist|container with id \S+ does not exist|no such container/i, 'not_found'],
  [/error opening file .*status.*: no such file/i, 'not_found'],
  [/unknown signal|invalid signal|invalid (?:container )?id|invalid id format/i, 'invalid_argument'],
  [/unable to signal init: invalid argument/i, 'invalid_argument'],
  [
    /error finding executable|executable file not found|failed to load \S+:|exec(?:ing)?:? .*no such file/i,
    'invalid_argument',
  ],
  [/(?:reading|opening) spec|config\.json|process spec|chdir \S+: no such file/i, 'invalid_argument'],
  [/in state \S+|invalid state transition|cannot \S+ (?:an? )?(?:\S+ )*container\b/i, 'failed_precondition'],
  [
    /not (?:started|paused|running|stopped)\b|no longer running|is (?:already )?(?:paused|running|stopped)\b/i,
    'failed_precondition',
  ],
  [/no space left|too many open files|cannot allocate memory|resource temporarily unavailable/i, 'resource_exhausted'],
  [/permission denied|operation not permitted|must be (?:run as )?root/i, 'permission_denied'],
  [/connection refused|connecting to control server|urpc method .* failed: EOF/i, 'unavailable'],
  [/invalid argument|no such file or directory/i, 'invalid_argument'],
];

// To signal what has ended is to signal what is not there: the kernel's own word for it is "no such process".
const nothingToSignal = /process already finished|(?:container|sandbox) (?:is )?not running/i;

/** The code of what a runtime said when `verb` failed; `unknown` if it said nothing that is known. */
export function codeOfRuntimeText(text: string, verb = ''): ErrorCode {
  // A sandbox that is about to end, or a zombie, does not listen any more.
  if (verb === 'kill' && /connecting to control server.*connection refused/i.test(text)) return 'not_found';
  if (nothingToSignal.test(text)) return verb === 'kill' ? 'not_found' : 'failed_precondition';
  return codes.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown';
}

/** What a sandbox says on its control socket, where no command puts words of its own around it. */
const refusals: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^unknown method$/, 'unimplemented'],
  [/no such process|container ".*" not found|has stopped/, 'not_found'],
  [/not started|no TTY attached/, 'failed_precondition'],
  [/belongs? to a different container|part of a different container|must be positive|^json: /, 'invalid_argument'],
];

/** The code of what a sandbox refused with; `unknown` if it said nothing that is known. */
export function codeOfRefusal(text: string): ErrorCode {
  return refusals.find(([pattern]) => pattern.test(text))?.[1] ?? codeOfRuntimeText(text);
}

const commandFailures: readonly (readonly [RegExp, 'not-found' | 'not-executable'])[] = [
  [/executable file not found|error finding executable/i, 'not-found'],
  [/(?:exec(?:ing)?:?|stat|failed to load|opening main binary:?) \S+:? .*no such file/i, 'not-found'],
  [/(?:exec(?:ing)?:?|stat|failed to load) \S+: no such file/i, 'not-found'],
  [
    /exec:? .*(?:permission denied|is a directory)|failed to load \S+: .*(?:permission denied|is a directory)/i,
    'not-executable',
  ],
  [/exec format error|error finding executable .*permission denied/i, 'not-executable'],
];

/**
 * Whether a start failed for the command's own sake: it is not there, or cannot be run. Shells and docker tell these two from all other
 * failures by the statuses 127 and 126.
 */
export function commandFailureOfText(text: string): 'not-found' | 'not-executable' | undefined {
  return commandFailures.find(([pattern]) => pattern.test(text))?.[1];
}

/** Did `list` fail because there never was a container below this root? */
export function saysRootIsMissing(text: string): boolean {
  return /^open \S+: no such file or directory$/.test(text);
}

/** The line that tells a person most of what a command wrote on its stderr: where it crashed, else the last one. */
export function lastStderrMessage(stderr: string): string | undefined {
  const lines = stderr.split('\n').map((text) => text.trim());
  const unknown = lines.find((text) => /not understood$|^flag provided but not defined/.test(text));
  const line =
    lines.find((text) => /^(?:panic|fatal error): /.test(text)) ?? unknown ?? lines.findLast((text) => text !== '');
  return line === undefined ? undefined : (errorOfLogrusLine(line) ?? line);
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
