import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ShimLife } from './shim-life.ts';

const graceMs = 10_000;
let busy: boolean;
let exits: string[];
let life: ShimLife;

beforeEach(() => {
  vi.useFakeTimers();
  busy = false;
  exits = [];
  life = new ShimLife({ exitGraceMs: graceMs, busy: () => busy, exit: (reason) => exits.push(reason) });
});
afterEach(() => {
  life[Symbol.dispose]();
  vi.useRealTimers();
});

describe('ShimLife', () => {
  it('ends at containerd’s word, after the answer', () => {
    life.used();
    life.shutdown();
    expect(exits).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(exits).toEqual(['containerd said so']);
  });

  it('ends by itself when nobody says a word after the last container', () => {
    life.used();
    life.empty();
    vi.advanceTimersByTime(graceMs - 1);
    expect(exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(exits).toEqual(['the last container is gone']);
  });

  it('stays while there is a container', () => {
    life.used();
    life.empty();
    life.used();
    busy = true;
    vi.advanceTimersByTime(graceMs * 100);
    life.shutdown();
    vi.advanceTimersByTime(graceMs);
    expect(exits).toEqual([]);
  });

  it('waits for the Create of a start that has just found it', () => {
    life.used();
    life.joined();
    life.shutdown();
    vi.advanceTimersByTime(graceMs - 1);
    expect(exits).toEqual([]);
    life.used();
    vi.advanceTimersByTime(graceMs);
    expect(exits).toEqual([]);
  });

  it('does not wait for ever for a start that brings no container', () => {
    life.used();
    life.joined();
    life.shutdown();
    vi.advanceTimersByTime(graceMs);
    expect(exits).toHaveLength(1);
  });

  it('ends when nobody ever asked for a container', () => {
    vi.advanceTimersByTime(300_000);
    expect(exits).toHaveLength(1);
  });

  it('leaves no timer when disposed', () => {
    life.empty();
    life[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
  });
});
