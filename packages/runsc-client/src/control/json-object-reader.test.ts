import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../parse/exact-json.ts';
import { JsonObjectReader } from './json-object-reader.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const code = (value: string) => expect.objectContaining({ code: value });

describe('JsonObjectReader', () => {
  it('gives any object back, however its bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary', maxLength: 9 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
        fc.infiniteStream(fc.nat(7)),
        (value, cuts) => {
          const expected = parseExactJson(JSON.stringify(value), 'value');
          const data = bytes(JSON.stringify(value));
          const reader = new JsonObjectReader(1_000_000);
          let rest: Uint8Array = data;
          let answer: unknown;
          for (const cut of cuts) {
            const piece = rest.subarray(0, cut + 1);
            rest = rest.subarray(cut + 1);
            answer = reader.push(piece);
            if (rest.length === 0) break;
            if (answer !== undefined) throw new Error('done too early');
          }
          expect(answer).toEqual(expected);
        },
      ),
    );
  });

  it('is done at the last brace, not at one inside a string', () => {
    const reader = new JsonObjectReader(100);
    expect(reader.push(bytes('{"a":"}\\"}","b":{"c":"\\\\'))).toBeUndefined();
    expect(reader.push(bytes('"}}'))).toEqual({ a: '}"}', b: { c: '\\' } });
  });

  it.each(['[1]', ' {}', '"x"', 'null', '}', '12'])('refuses %s, which is no object', (text) => {
    expect(() => new JsonObjectReader(100).push(bytes(text))).toThrow(code('data_loss'));
  });

  it('refuses what follows the object', () => {
    expect(() => new JsonObjectReader(100).push(bytes('{}{'))).toThrow(code('data_loss'));
  });

  it('refuses what is balanced and yet no JSON', () => {
    expect(() => new JsonObjectReader(100).push(bytes('{nonsense}'))).toThrow(code('data_loss'));
  });

  it('refuses an object beyond its bound, whole or not', () => {
    expect(() => new JsonObjectReader(9).push(bytes('{"a":123}x'))).toThrow(code('resource_exhausted'));
    expect(new JsonObjectReader(9).push(bytes('{"a":123}'))).toEqual({ a: 123 });
    const reader = new JsonObjectReader(9);
    reader.push(bytes('{"a":'));
    expect(() => reader.push(bytes('12345'))).toThrow(code('resource_exhausted'));
  });

  it('never takes arbitrary bytes for an object that JSON would not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        const reader = new JsonObjectReader(100);
        try {
          const answer = reader.push(data);
          if (answer !== undefined) expect(answer).toEqual(parseExactJson(Buffer.from(data).toString('utf8'), 'data'));
        } catch (error) {
          expect(error).toEqual(code('data_loss'));
        }
      }),
    );
  });
});
