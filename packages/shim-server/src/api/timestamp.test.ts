import { expect, test } from 'vitest';
import { Timestamp } from './gen/google/protobuf/timestamp.ts';
import { dateFromTimestamp, goZeroTime, timestampFromDate } from './timestamp.ts';

test('a date keeps its milliseconds', () => {
  expect(timestampFromDate(new Date(1_700_000_000_123))).toEqual({ seconds: 1_700_000_000n, nanos: 123_000_000 });
  expect(dateFromTimestamp({ seconds: 1_700_000_000n, nanos: 123_999_999 })).toEqual(new Date(1_700_000_000_123));
});

test('nanoseconds count forward also before 1970', () => {
  const date = new Date(-1);
  expect(timestampFromDate(date)).toEqual({ seconds: -1n, nanos: 999_000_000 });
  expect(dateFromTimestamp(timestampFromDate(date))).toEqual(date);
});

test('an absent timestamp and the zero time of Go are no date', () => {
  expect(dateFromTimestamp(undefined)).toBeUndefined();
  expect(dateFromTimestamp(goZeroTime)).toBeUndefined();
});

test('the zero time of Go has the bytes that containerd sends', () => {
  expect(Buffer.from(Timestamp.encode(goZeroTime).finish()).toString('hex')).toBe('088092b8c398feffffff01');
});
