import { parsePid } from '@sandshim/runsc-client';
import { expect, test } from 'vitest';
import { decodeWaitStatus } from './process-calls.ts';

const pid = parsePid(7);

test.each([
  [0, { kind: 'exited', pid, code: 0 }],
  [0x0700, { kind: 'exited', pid, code: 7 }],
  [0xff00, { kind: 'exited', pid, code: 255 }],
  [9, { kind: 'signaled', pid, signal: 9 }],
  [0x80 | 11, { kind: 'signaled', pid, signal: 11 }],
])('status %d is %j', (status, exit) => {
  expect(decodeWaitStatus(pid, status)).toEqual(exit);
});
