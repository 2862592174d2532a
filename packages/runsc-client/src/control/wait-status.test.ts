import { describe, expect, it } from 'vitest';
import { exitStatusOf } from './wait-status.ts';

describe('exitStatusOf', () => {
  it.each([
    [0x0000, 0],
    [0x0100, 1],
    [0xff00, 255],
    [0x0009, 137],
    [0x000f, 143],
    // With a core dump.
    [0x008b, 139],
  ])('reads raw status %i as %i', (raw, status) => {
    expect(exitStatusOf(raw)).toBe(status);
  });

  it.each([-1, 1.5, 2 ** 32, 0x137f, '0', null, undefined, {}])('refuses %s', (raw) => {
    expect(() => exitStatusOf(raw)).toThrow(expect.objectContaining({ code: 'data_loss' }));
  });
});
