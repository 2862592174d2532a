import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMountOptions } from './mount-options.ts';

test.each([
  [[], 0, []],
  [['rbind', 'ro'], 4096 | 16384 | 1, []],
  [['ro', 'rw'], 0, []],
  [['rw', 'ro'], 1, []],
  [['nosuid', 'nodev', 'noexec', 'suid'], 4 | 8, []],
  [['sync', 'async'], 0, []],
  [['noatime', 'relatime'], 1024 | (1 << 21), []],
  [['lowerdir=/a:/b', 'index=off', 'userxattr'], 0, ['lowerdir=/a:/b', 'index=off', 'userxattr']],
  [['size=64k', 'defaults', ''], 0, ['size=64k']],
  [['X-containerd.volatile', 'x'], 0, ['x']],
])('%j is flags %d and data %j', (options, flags, data) => {
  expect(parseMountOptions(options)).toEqual({ flags, data, propagation: [] });
});

test('propagation is apart from the flags, in its order', () => {
  expect(parseMountOptions(['rprivate', 'bind', 'shared'])).toEqual({
    flags: 4096,
    propagation: [(1 << 18) | 16384, 1 << 20],
    data: [],
  });
});

test('what is no flag is data, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }).map((text) => `key=${text}`)), (options) => {
      expect(parseMountOptions(options)).toEqual({ flags: 0, propagation: [], data: options });
    }),
  );
});
