import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IdleMemory } from './idle-memory.ts';

let done: string[];
let memory: IdleMemory;

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  memory = new IdleMemory({
    sys: { releaseMemory: async () => void done.push('release') },
    collect: (() => void done.push('collect')) as typeof globalThis.gc,
    clock: () => Date.now(),
  });
});

afterEach(() => {
  memory[Symbol.dispose]();
  vi.useRealTimers();
});

it('gives memory back a second after the start, the garbage first', () => {
  vi.advanceTimersByTime(999);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['collect', 'release']);
});

it('waits as long as something is done', () => {
  for (let call = 0; call < 10; call++) {
    vi.advanceTimersByTime(900);
    memory.used();
  }
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(done).toEqual(['collect', 'release']);
});

it('does nothing more until it is used again', () => {
  vi.advanceTimersByTime(3_600_000);
  expect(done).toHaveLength(2);
  memory.used();
  vi.advanceTimersByTime(1_000);
  expect(done).toEqual(['collect', 'release', 'collect', 'release']);
});

it('is not busy with it every few seconds', () => {
  for (let second = 0; second < 60; second += 2) {
    memory.used();
    vi.advanceTimersByTime(2_000);
  }
  expect(done.filter((what) => what === 'release')).toHaveLength(12);
  expect(done.filter((what) => what === 'collect')).toHaveLength(2);
});

it('ends with its shim', () => {
  memory[Symbol.dispose]();
  vi.advanceTimersByTime(5_000);
  expect(done).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
