import { expect, test } from 'vitest';
import { encodeUnixAddress } from './unix-address.ts';

test('a path ends with a zero byte, an abstract name does not', () => {
  expect(encodeUnixAddress('/a').toString('hex')).toBe('01002f6100');
  expect(encodeUnixAddress('\0a').toString('hex')).toBe('01000061');
});

test('107 bytes are the most for a path', () => {
  expect(encodeUnixAddress(`/${'x'.repeat(106)}`)).toHaveLength(110);
  expect(() => encodeUnixAddress(`/${'x'.repeat(107)}`)).toThrow(/108 bytes, 107 are the most/);
  expect(encodeUnixAddress(`\0${'x'.repeat(107)}`)).toHaveLength(110);
});

test.each(['', '/a\0b', `/${'é'.repeat(60)}`])('%j is invalid_argument', (path) => {
  expect(() => encodeUnixAddress(path)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
});
