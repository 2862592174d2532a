import { SandshimError } from '@sandshim/runsc-client';
import { expect, test } from 'vitest';
import { errnoName, errnoNumber } from './errno.ts';
import { SystemError } from './system-error.ts';

test('a failed call says what, about what, and why', () => {
  const error = new SystemError({ syscall: 'open', errno: errnoNumber('ENOENT'), subject: '/x' });
  expect(error.message).toBe('open /x: no such file or directory (ENOENT)');
  expect(error).toMatchObject({ code: 'not_found', errno: 'ENOENT', syscall: 'open' });
  expect(SandshimError.is(error)).toBe(true);
});

test.each([
  ['EACCES', 'permission_denied'],
  ['EPERM', 'permission_denied'],
  ['EEXIST', 'already_exists'],
  ['EINVAL', 'invalid_argument'],
  ['EBUSY', 'failed_precondition'],
  ['EMFILE', 'resource_exhausted'],
  ['ENOSYS', 'unimplemented'],
  ['ECONNREFUSED', 'unavailable'],
  ['EIO', 'unknown'],
] as const)('%s is %s', (errno, code) => {
  expect(new SystemError({ syscall: 'x', errno: errnoNumber(errno) }).code).toBe(code);
});

test('an errno has one name, also where Linux has two', () => {
  expect(errnoName(errnoNumber('EAGAIN'))).toBe('EAGAIN');
  expect(errnoName(errnoNumber('ENOTSUP'))).toBe('ENOTSUP');
  expect(errnoName(4711)).toBe('errno 4711');
});

test('an errno is recognised, also on the error of another copy of the package', () => {
  const error = new SystemError({ syscall: 'read', errno: errnoNumber('EIO') });
  expect(SystemError.hasErrno(error)).toBe(true);
  expect(SystemError.hasErrno(error, 'ENOENT', 'EIO')).toBe(true);
  expect(SystemError.hasErrno(error, 'ENOENT')).toBe(false);
  expect(
    SystemError.hasErrno(Object.assign(new SandshimError('unknown', 'x'), { errno: 'EIO', syscall: 'read' })),
  ).toBe(true);
  expect(SystemError.hasErrno(new Error('EIO'), 'EIO')).toBe(false);
  expect(SystemError.hasErrno(undefined)).toBe(false);
});
