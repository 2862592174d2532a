import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortenLayers } from './overlay-layers.ts';

test('layers are named through the folder that they share', () => {
  const shortened = shortenLayers(['index=off', 'lowerdir=/data/12/fs:/data/1/fs', 'upperdir=/data/13/fs']);
  expect(shortened?.folder).toBe('/data');
  expect(shortened?.named('/short')).toEqual([
    'index=off',
    'lowerdir=/short/12/fs:/short/1/fs',
    'upperdir=/data/13/fs',
  ]);
});

test('a folder whose name begins like another is not shared with it', () => {
  expect(shortenLayers(['lowerdir=/data/one:/data/onetwo'])?.folder).toBe('/data');
});

test('a colon that belongs to a path divides nothing', () => {
  const shortened = shortenLayers(['lowerdir=/data/a\\:b:/data/c']);
  expect(shortened?.named('/s')).toEqual(['lowerdir=/s/a\\:b:/s/c']);
});

test.each([
  [['size=1']],
  [['lowerdir=/only/one']],
  [['lowerdir=/one:/two']],
  [['lowerdir=relative/a:relative/b']],
  [['lowerdir=/a\\:b/1:/a\\:b/2']],
])('%j cannot be shortened', (options) => {
  expect(shortenLayers(options)).toBe(undefined);
});

test('the shortened names lead to the same layers', () => {
  const name = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(path, { minLength: 2, maxLength: 6 }), (layers) => {
      const shortened = shortenLayers([`lowerdir=${layers.join(':')}`]);
      if (shortened === undefined) return;
      expect(shortened.named(shortened.folder)).toEqual([`lowerdir=${layers.join(':')}`]);
    }),
  );
});
