import { SandshimError } from '@sandshim/runsc-client';
import { expect, test } from 'vitest';
import { errorFromStatus, statusFromError, statusNumber } from './status-code.ts';

test('every code has the number that gRPC gives it', () => {
  const numbers = {
    canceled: 1,
    unknown: 2,
    invalid_argument: 3,
    deadline_exceeded: 4,
    not_found: 5,
    already_exists: 6,
    permission_denied: 7,
    resource_exhausted: 8,
    failed_precondition: 9,
    aborted: 10,
    out_of_range: 11,
    unimplemented: 12,
    internal: 13,
    unavailable: 14,
    data_loss: 15,
    unauthenticated: 16,
  } as const;
  for (const [code, number] of Object.entries(numbers)) {
    const error = errorFromStatus({ code: number, message: 'm' });
    expect(error).toMatchObject({ code, message: 'm' });
    expect(error && statusNumber(error.code)).toBe(number);
  }
});

test('success is no error, and a number that nobody assigned is unknown', () => {
  expect(errorFromStatus(undefined)).toBeUndefined();
  expect(errorFromStatus({ code: 0, message: '' })).toBeUndefined();
  for (const code of [17, -1, 1.5]) expect(errorFromStatus({ code, message: '' })).toMatchObject({ code: 'unknown' });
});

test('an error keeps its code and its text', () => {
  expect(statusFromError(new SandshimError('not_found', 'no such container'))).toEqual({
    code: 5,
    message: 'no such container',
  });
  expect(statusFromError(new Error('cannot start a running process'))).toEqual({
    code: 2,
    message: 'cannot start a running process',
  });
  expect(statusFromError('odd')).toEqual({ code: 2, message: 'odd' });
});

test('errors of the system and of abort signals say their class', () => {
  expect(statusFromError(Object.assign(new Error('x'), { code: 'ENOENT' })).code).toBe(5);
  expect(statusFromError(Object.assign(new Error('x'), { code: 'EEXIST' })).code).toBe(6);
  expect(statusFromError(Object.assign(new Error('x'), { code: 'EACCES' })).code).toBe(7);
  expect(statusFromError(new DOMException('x', 'AbortError')).code).toBe(1);
  expect(statusFromError(new DOMException('x', 'TimeoutError')).code).toBe(4);
  expect(statusFromError(Object.assign(new Error('x'), { code: 'toString' })).code).toBe(2);
});
