import { describe, expect, it } from 'vitest';
import { bytes, durationMs, numeric, parseDurationMs } from './options.ts';

describe('sizes', () => {
  it.each([
    ['4096', 4096],
    ['512m', 512 * 2 ** 20],
    ['1.5g', 1.5 * 2 ** 30],
    ['64MiB', 64 * 2 ** 20],
    ['10kb', 10_240],
  ])('%s is %d bytes', (value, expected) => {
    expect(bytes({ memory: value }, 'memory')).toBe(expected);
  });

  it.each(['', 'lots', '-1', '5x', '1.2.3m'])('%j is refused by name', (value) => {
    expect(() => bytes({ memory: value }, 'memory')).toThrow(/^--memory .* is not a size such as 512m/);
  });
});

describe('durations', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['250ms', 250],
    ['2h', 7_200_000],
  ])('%s is %d ms', (value, expected) => {
    expect(parseDurationMs(value)).toBe(expected);
  });

  it.each(['', 'soon', '5y', '-3s', '1m 30s'])('%j is refused', (value) => {
    expect(() => durationMs({ timeout: value }, 'timeout')).toThrow(/is not a duration such as 90s/);
  });
});

describe('numbers', () => {
  it('are bounded below', () => {
    expect(numeric({ pidsLimit: '12' }, 'pidsLimit', { min: 1 })).toBe(12);
    expect(() => numeric({ pidsLimit: '0' }, 'pidsLimit', { min: 1 })).toThrow(
      '--pids-limit "0" is not a number of at least 1',
    );
    expect(() => numeric({ pidsLimit: '' }, 'pidsLimit')).toThrow('is not a number');
  });
});
