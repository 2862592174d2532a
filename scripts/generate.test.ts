import { expect, test } from 'vitest';
import { findStaleFiles } from './generate.ts';

test('the committed messages are what the .proto files give', { timeout: 60_000 }, async () => {
  expect(await findStaleFiles()).toEqual([]);
});
