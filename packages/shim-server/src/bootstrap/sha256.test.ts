import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from './sha256.ts';

it('hashes as the standard says', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it("hashes every text as Node's crypto does, whatever its length", () => {
  const ofNode = (text: string): string => createHash('sha256').update(text).digest('hex');
  for (let length = 0; length < 200; length++) expect(sha256('ä'.repeat(length))).toBe(ofNode('ä'.repeat(length)));
  fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'grapheme' }), (text) => sha256(text) === ofNode(text)));
});
