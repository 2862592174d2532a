import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOutputEndpoint } from './endpoint.ts';

const logger = (path: string, args: string[] = [], strictReadiness = false) => ({
  kind: 'logger',
  command: { path, args, strictReadiness },
});

test.each([
  ['', { kind: 'none' }],
  ['/run/fifo', { kind: 'path', path: '/run/fifo' }],
  ['relative', { kind: 'path', path: 'relative' }],
  ['/odd%2fpath?with#everything', { kind: 'path', path: '/odd%2fpath?with#everything' }],
  ['fifo:///run/a%20b', { kind: 'path', path: '/run/a b' }],
  ['file:///var/log/x', { kind: 'file', path: '/var/log/x' }],
  ['FILE:///var/log/x', { kind: 'file', path: '/var/log/x' }],
  ['binary:///bin/logger', logger('/bin/logger')],
  ['binary:///bin/logger?a=1&b=&c&a=2', logger('/bin/logger', ['a', '1', 'b', 'c'])],
  ['binary:///bin/logger?a=x%20y', logger('/bin/logger', ['a', 'x y'])],
  ['binary-v2:///bin/logger', logger('/bin/logger', [], true)],
])('%j is %j', (value, endpoint) => {
  expect(parseOutputEndpoint(value)).toEqual(endpoint);
});

test('an unknown scheme is refused with the list of the right ones', () => {
  expect(() => parseOutputEndpoint('npipe:////./pipe/x')).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringMatching(/npipe.*fifo, file, binary, binary-v2/),
    }),
  );
});

test.each(['file://host/path', 'file://', 'binary://', 'fifo://relative', 'file:///a%zz', 'file:///a%00b'])(
  '%j is refused',
  (value) => {
    expect(() => parseOutputEndpoint(value)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  },
);

test('any text is an endpoint or invalid_argument', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (value) => {
      try {
        parseOutputEndpoint(value);
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_argument' });
      }
    }),
  );
});
