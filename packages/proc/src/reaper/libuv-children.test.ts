import { expect, it } from 'vitest';
import { processStartTime } from './libuv-children.ts';

it('a process has one start time, and one that is gone has none', () => {
  expect(processStartTime(process.pid)).toMatch(/^[0-9]+$/);
  expect(processStartTime(process.pid)).toBe(processStartTime(process.pid));
  expect(processStartTime(0)).toBeUndefined();
});
