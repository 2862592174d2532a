import { describe, expect, it } from 'vitest';
import { cpuTotal } from './sandbox-stats.ts';

const record = { container: 'c' };
const counted = (nanoseconds: number) => ({ record, host: { kind: 'counted', nanoseconds } as const });

describe('cpuTotal', () => {
  it("is the container's share of what the host counted", () => {
    expect(cpuTotal({ stats: {}, cpuByContainer: { c: 10, d: 30 } }, counted(1_000))).toBe(250);
  });

  it('is an equal share where the sandbox counted nothing', () => {
    expect(cpuTotal({ stats: {}, cpuByContainer: { c: 0, d: 0, e: 0 } }, counted(1_000))).toBe(333);
  });

  it("is the sandbox's own count where the host counted nothing", () => {
    const options = { record, host: { kind: 'uncounted' } as const };
    expect(cpuTotal({ stats: {}, cpuByContainer: { c: 10, d: 30 } }, options)).toBe(10);
  });
});
