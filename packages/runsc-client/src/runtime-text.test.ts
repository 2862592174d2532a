import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from './errors.ts';
import { codeOfRuntimeText, errorOfLogrusLine, lastStderrMessage, saysRootIsMissing } from './runtime-text.ts';

// What the runtimes really said (runsc 20221219 and 20240729, runc 1.1.5 and 1.3.6, crun 1.8.1).
const said: readonly (readonly [ErrorCode, string])[] = [
  ['not_found', 'loading container: file does not exist'],
  ['not_found', 'loading container "x1": file does not exist'],
  ['not_found', 'loading sandbox: file does not exist'],
  ['not_found', 'container does not exist'],
  ['not_found', 'exec failed: container does not exist'],
  ['not_found', 'error opening file `/run/crun/x1/status`: No such file or directory'],
  ['not_found', 'signaling process in container "x1" PID 77: no such process with PID 77'],
  ['already_exists', 'creating container: cannot lock container metadata file: container already exists'],
  ['already_exists', 'container with given ID already exists'],
  ['already_exists', 'creating checkpoint state file "/i/checkpoint.img": open /i/checkpoint.img: file exists'],
  ['failed_precondition', 'starting container: cannot start container "x1" in state running'],
  ['failed_precondition', 'resume failed: cannot resume container "x1" in state created'],
  ['failed_precondition', 'getting processes for container: cannot get processes of container "x1" in state created'],
  ['failed_precondition', 'cannot delete container that is not stopped without --force flag'],
  ['failed_precondition', 'cannot delete container x1 that is not stopped: running'],
  ['failed_precondition', 'cannot start a container in the paused state'],
  ['failed_precondition', 'cannot start an already running container'],
  ['failed_precondition', 'exec failed: cannot exec in a stopped container'],
  ['failed_precondition', 'exec failed: cannot exec in a paused container (use --ignore-paused to override)'],
  ['failed_precondition', 'container not paused'],
  ['failed_precondition', 'container not running'],
  ['failed_precondition', 'executing command "/bin/true" in sandbox: container "x1" not started'],
  ['failed_precondition', 'waiting on container "x1": sandbox no longer running and its exit status is unavailable'],
  ['failed_precondition', 'panic: invalid state transition: created => paused'],
  ['invalid_argument', 'unknown signal "99"'],
  ['invalid_argument', 'unable to signal init: invalid argument'],
  ['invalid_argument', 'executing command "/bin/nope" in sandbox: failed to load /bin/nope: no such file or directory'],
  [
    'invalid_argument',
    'executing command "nope" in sandbox: error finding executable "nope" in PATH [/bin]: no such file',
  ],
  [
    'invalid_argument',
    'exec failed: unable to start container process: exec: "nope": executable file not found in $PATH',
  ],
  [
    'invalid_argument',
    'unable to start container process: exec: "/bin/nope": stat /bin/nope: no such file or directory',
  ],
  [
    'invalid_argument',
    'reading spec: error opening spec file "/b/config.json": open /b/config.json: no such file or directory',
  ],
  ['invalid_argument', 'runc create failed: chdir /b: no such file or directory'],
  ['unavailable', 'connecting to control server at PID 20484: connection refused'],
  ['unimplemented', 'Subcommand update not understood'],
  ['unimplemented', "No help topic for 'nope'"],
  ['unimplemented', 'flag provided but not defined: -zip'],
  ['unimplemented', 'unknown command events'],
  ['permission_denied', 'rootless container requires user namespaces: operation not permitted'],
  ['resource_exhausted', 'fork/exec /proc/self/exe: resource temporarily unavailable'],
  ['unknown', 'criu failed: type DUMP errno 0'],
];

describe('the code of what a runtime says', () => {
  test.each(said)('%s: %s', (code, text) => {
    expect(codeOfRuntimeText(text)).toBe(code);
  });

  test.each(['container not running', 'sandbox is not running', 'os: process already finished'])(
    'a kill that says "%s" has found nothing to signal',
    (text) => {
      expect(codeOfRuntimeText(text, 'kill')).toBe('not_found');
      expect(codeOfRuntimeText(text, 'pause')).toBe('failed_precondition');
    },
  );

  test('a kill that the sandbox does not answer has found nothing to signal', () => {
    expect(codeOfRuntimeText('connecting to control server at PID 2: connection refused', 'kill')).toBe('not_found');
  });

  test('any text has a code', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => codeOfRuntimeText(text).length > 0));
  });
});

describe('the message of a stderr', () => {
  test('is the last line that is not empty', () => {
    expect(lastStderrMessage('warning: a\nthe end\n\n  \n')).toBe('the end');
  });

  test('is the line of the panic, not the end of the stack', () => {
    expect(lastStderrMessage('panic: it broke\n\ngoroutine 1 [running]:\nmain.go:23 +0x27\n')).toBe('panic: it broke');
  });

  test('is what was not understood, not the end of the usage', () => {
    const usage = 'Subcommand x not understood\nUsage: runsc <flags>\nUse "runsc flags" for a list\n';
    expect(lastStderrMessage(usage)).toBe('Subcommand x not understood');
  });

  test('is the message of a logrus line', () => {
    expect(lastStderrMessage('time="2026" level=error msg="it is \\"odd\\""\n')).toBe('it is "odd"');
  });

  test('is absent if there is nothing', () => {
    expect(lastStderrMessage('')).toBeUndefined();
    expect(lastStderrMessage(' \n\n')).toBeUndefined();
  });
});

describe('a logrus line', () => {
  test.each([
    ['level=error msg=word', 'word'],
    ['level=fatal msg="two words"', 'two words'],
    ['level=error msg="\\x00 is no JSON"', '\\x00 is no JSON'],
    ['level=warning msg="no error"', undefined],
    ['nothing', undefined],
  ])('%s', (line, message) => {
    expect(errorOfLogrusLine(line)).toBe(message);
  });
});

test('a root that is missing is told from a file that is missing', () => {
  expect(saysRootIsMissing('open /run/runc: no such file or directory')).toBe(true);
  expect(saysRootIsMissing('exec failed: open /run/runc: no such file or directory')).toBe(false);
});
