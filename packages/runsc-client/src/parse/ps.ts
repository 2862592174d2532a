import { expectArray, expectCount, optional } from './expect.ts';

/** `ps --format json`: a list of pids, or null. */
export function parsePids(value: unknown, path = 'ps'): readonly number[] {
  const pids = optional(value, path, expectArray) ?? [];
  return pids.map((pid, index) => expectCount(pid, `${path}[${index}]`));
}
