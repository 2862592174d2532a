import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonRecordStream, type StreamPiece } from './json-record-stream.ts';
import { jsonObjectsIn } from './json-stream.ts';

const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 });

describe('JSON objects in a text', () => {
  test.each(['', '\n', ' ', ',', 'some text '])('are found with %j between them', (between) => {
    fc.assert(
      fc.property(records, (objects) => {
        const text = objects.map((object) => JSON.stringify(object)).join(between);
        expect([...jsonObjectsIn(text)]).toEqual(objects.map((object) => JSON.parse(JSON.stringify(object))));
      }),
    );
  });

  test('are found behind a record whose beginning is cut off', () => {
    expect([...jsonObjectsIn('g":"half {","b":1}{"whole":"{"}')]).toContainEqual({ whole: '{' });
  });

  test('are found before a record whose end is cut off', () => {
    expect([...jsonObjectsIn('{"a":1}{"b":{"c":')]).toEqual([{ a: 1 }]);
  });

  test('take a bounded time to find, whatever the text is', () => {
    // Each brace could begin an object that goes on to the end: without a bound, that is a quarter of 10^12 steps.
    expect([...jsonObjectsIn('{'.repeat(500_000))]).toEqual([]);
    expect([...jsonObjectsIn('{"'.repeat(500_000))]).toEqual([]);
  });

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        for (const value of jsonObjectsIn(text)) expect(value).toBeTypeOf('object');
      }),
    );
  });
});

const cut = (stream: JsonRecordStream, text: string): readonly StreamPiece[] => [...stream.push(Buffer.from(text))];

describe('a stream of JSON records', () => {
  test('gives the same records wherever it is split', () => {
    const whole = Buffer.from('{"a":"é{"}\n{"b":2}{"c":[{}]}\nno json\n{"d":4}\n');
    for (let at = 0; at <= whole.length; at += 1) {
      const stream = new JsonRecordStream();
      const pieces = [...stream.push(whole.subarray(0, at)), ...stream.push(whole.subarray(at))];
      expect(pieces).toEqual([
        { object: '{"a":"é{"}' },
        { object: '{"b":2}' },
        { object: '{"c":[{}]}' },
        { invalid: 'no json' },
        { object: '{"d":4}' },
      ]);
    }
  });

  test('goes on behind a record that is broken off', () => {
    expect(cut(new JsonRecordStream(), '{"a":{\n{"b":1}\n')).toEqual([{ invalid: '{"a":{' }, { object: '{"b":1}' }]);
  });

  test('drops a record that is too long, and goes on with the next line', () => {
    const stream = new JsonRecordStream();
    const pieces = cut(stream, `{"a":"${'x'.repeat(1_100_000)}`);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toHaveProperty('invalid');
    expect(cut(stream, 'more of it')).toEqual([]);
    expect(cut(stream, '"}\n{"b":1}')).toEqual([{ object: '{"b":1}' }]);
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const stream = new JsonRecordStream();
        for (const chunk of chunks) for (const piece of stream.push(chunk)) expect(piece).toBeDefined();
      }),
    );
  });
});
