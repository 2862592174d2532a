import { describe, expect, test } from 'vitest';
import { parseTestCount } from './vitest.ts';

describe('parseTestCount', () => {
  test("reads the numbers of vitest's report", () => {
    expect(parseTestCount({ numPassedTests: 12, numFailedTests: 2 })).toEqual({ passed: 12, failed: 2 });
  });

  test.each([[undefined], [null], ['nonsense'], [{}], [{ numPassedTests: '12' }]])('counts nothing in %j', (report) => {
    expect(parseTestCount(report)).toEqual({ passed: 0, failed: 0 });
  });
});
