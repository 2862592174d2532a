import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCaller } from './caller.ts';
import { samePlace } from './same-place.ts';

/** A process that waits, as a launcher does. */
function waiting(args: readonly string[], env: NodeJS.ProcessEnv) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'sandshim-caller-')));
  const child = spawn('/bin/sh', ['-c', 'read line', 'launcher', ...args], {
    cwd,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(cwd, { recursive: true });
  });
  return { pid: child.pid ?? 0, cwd };
}

test('a caller is read whole: its arguments, even odd ones, its environment, its folder', () => {
  const args = ['-id', '', 'two\nlines', 'start'];
  const { pid, cwd } = waiting(args, { A: '1=2', EMPTY: '', NODE_OPTIONS: '--inspect', TTRPC_ADDRESS: '/x' });
  expect(readCaller(`${pid} 77 4\n`)).toEqual({
    ...{ pid, parentPid: 77, args, cwd },
    env: { A: '1=2', EMPTY: '', TTRPC_ADDRESS: '/x' },
  });
});

test.for([
  ...['', '1 2\n', '1 2 3', '1 2 3 4\n', '-1 2 3\n', '0 1 1\n', 'a b c\n', '1 2 3\n1 2 3\n'],
  '99999999999999999999 1 1\n',
])('%j is no request', (request) => {
  expect(() => readCaller(request)).toThrow();
});

test('a caller that has gone is an error', () => {
  const top = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
  expect(() => readCaller(`${top} 1 1\n`)).toThrow(/ENOENT/);
});

test('a child is in the same place as its parent', () => {
  const { pid } = waiting([], {});
  expect(samePlace('self', pid)).toBe(true);
});

test('other limits are another place', () => {
  const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; echo; read line'], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => {
      try {
        expect(samePlace('self', child.pid ?? 0)).toBe(
          /^Max core file size +0 +0 /m.test(readFileSync('/proc/self/limits', 'utf8')),
        );
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
});
