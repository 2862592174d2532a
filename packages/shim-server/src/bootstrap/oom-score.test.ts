import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { adoptOomScore } from './oom-score.ts';

it('leaves the score alone and says why when the caller is gone', () => {
  const before = readFileSync('/proc/self/oom_score_adj', 'utf8');
  expect(adoptOomScore(2 ** 30)).toContain('ENOENT');
  expect(readFileSync('/proc/self/oom_score_adj', 'utf8')).toBe(before);
});
