import { SandshimError } from '@sandshim/runsc-client';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../output/style.ts';
import { CliError, usageError } from './cli-error.ts';
import { reportError } from './report.ts';

const style = createStyle({ isTTY: false }, {});
const report = (error: unknown, debug = false) => reportError(error, { style, debug });

describe('an error', () => {
  it('says what failed and why, and below it what to do', () => {
    const error = new CliError('not_found', 'no container is called web', { advice: 'see them all: sandshim ps -A' });
    expect(report(error)).toEqual({
      text: 'sandshim: no container is called web\n  → see them all: sandshim ps -A\n',
      exitCode: 1,
    });
  });

  it('never shows more than the first line of a message, nor a stack', () => {
    expect(report(new SandshimError('internal', 'runsc failed\n  at x\n  at y')).text).toBe('sandshim: runsc failed\n');
  });

  it('shows the stack and its causes with --debug', () => {
    const { text } = report(new CliError('internal', 'outer', { cause: new Error('inner') }), true);
    expect(text).toContain('report.test.ts');
    expect(text).toContain('caused by: Error: inner');
  });

  it('of wrong usage ends with 125 and names the help', () => {
    expect(report(usageError('--memory: what?', { verb: 'run' }))).toEqual({
      text: 'sandshim: --memory: what?\n  → see: sandshim run --help\n',
      exitCode: 125,
    });
  });

  it('of the system advises by its errno', () => {
    const error = Object.assign(new Error('EACCES: permission denied, open /run/x'), { code: 'EACCES' });
    expect(report(error).text).toContain('→ run it as root (sudo sandshim …)');
  });

  it('that is no Error at all is still one line', () => {
    expect(report('odd').text).toMatch(/^sandshim: odd\n/);
  });
});
