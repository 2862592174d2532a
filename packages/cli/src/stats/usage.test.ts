import { cgroupsV1, cgroupsV2, packAny } from '@sandshim/shim-server/api';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../output/style.ts';
import { statsRow } from './sample.ts';
import { parseNetDev, readUsage } from './usage.ts';
import { bar } from './view.ts';

describe('usage', () => {
  it('is read from the metrics of cgroup v1', () => {
    const metrics = cgroupsV1.Metrics.fromPartial({
      cpu: { usage: { total: 5_000_000_000n } },
      memory: { usage: { usage: 3000n, limit: 8000n }, totalInactiveFile: 1000n },
      pids: { current: 4n, limit: 10n },
      blkio: {
        ioServiceBytesRecursive: [
          { op: 'Read', value: 7n },
          { op: 'Write', value: 8n },
          { op: 'read', value: 1n },
        ],
      },
      network: [
        { name: 'lo', rxBytes: 100n, txBytes: 100n },
        { name: 'eth0', rxBytes: 5n, txBytes: 6n },
      ],
    });
    expect(readUsage(packAny(cgroupsV1.Metrics, metrics))).toEqual({
      cpuNs: 5e9,
      memory: 2000,
      memoryLimit: 8000,
      pids: 4,
      pidsLimit: 10,
      readBytes: 8,
      writtenBytes: 8,
      receivedBytes: 5,
      sentBytes: 6,
    });
  });

  it('is read from the metrics of cgroup v2; the largest number is no limit', () => {
    const metrics = cgroupsV2.Metrics.fromPartial({
      cpu: { usageUsec: 2000n },
      memory: { usage: 10n, usageLimit: 2n ** 64n - 1n, inactiveFile: 20n },
      pids: { current: 1n },
      io: {
        usage: [
          { rbytes: 1n, wbytes: 2n },
          { rbytes: 3n, wbytes: 4n },
        ],
      },
    });
    expect(readUsage(packAny(cgroupsV2.Metrics, metrics))).toMatchObject({
      cpuNs: 2_000_000,
      memory: 0,
      memoryLimit: undefined,
      pidsLimit: undefined,
      readBytes: 4,
      writtenBytes: 6,
      receivedBytes: undefined,
    });
  });

  it('of another kind is refused by name', () => {
    expect(() => readUsage({ typeUrl: 'x/other.Metrics', value: new Uint8Array() })).toThrow(
      'of an unknown kind: other.Metrics',
    );
    expect(() => readUsage({ typeUrl: cgroupsV1.Metrics.$type, value: new Uint8Array([0xff]) })).toThrow(
      'cannot decode',
    );
  });

  it("of the network is the namespace's, without the loopback", () => {
    const source = 'Inter-|\n face |\n    lo: 9 0 0 0 0 0 0 0 9 0\n  eth0: 100 1 0 0 0 0 0 0 200 2\n';
    expect(parseNetDev(source)).toEqual({ receivedBytes: 100, sentBytes: 200 });
    expect(parseNetDev('')).toEqual({ receivedBytes: 0, sentBytes: 0 });
  });
});

describe('a row', () => {
  const task = { namespace: 'default', id: 'web', origin: 'sandshim', bundle: '/b', address: undefined } as const;
  const usage = readUsage(
    packAny(cgroupsV1.Metrics, cgroupsV1.Metrics.fromPartial({ cpu: { usage: { total: 500_000_000n } } })),
  );

  it('has the share of a core between two samples', () => {
    const before = { task, atMs: 0, usage: { ...usage, cpuNs: 0 } };
    expect(statsRow({ task, atMs: 1000, usage }, before).cpuPercent).toBeCloseTo(50);
  });

  it('has none for the first sample, or for a container that was restarted meanwhile', () => {
    expect(statsRow({ task, atMs: 1000, usage }, undefined).cpuPercent).toBeUndefined();
    const before = { task, atMs: 0, usage: { ...usage, cpuNs: 9e9 } };
    expect(statsRow({ task, atMs: 1000, usage }, before).cpuPercent).toBe(0);
  });
});

describe('a bar', () => {
  it('is ten characters, from empty to full', () => {
    const style = createStyle({ isTTY: false }, {});
    expect([-1, 0, 0.34, 1, 7].map((share) => bar(share, style))).toEqual([
      '░░░░░░░░░░',
      '░░░░░░░░░░',
      '███░░░░░░░',
      '██████████',
      '██████████',
    ]);
  });
});
