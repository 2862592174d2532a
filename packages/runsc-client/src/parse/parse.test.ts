import { describe, expect, test } from 'vitest';
import { parseExactJson } from './exact-json.ts';
import { parseFeatures } from './features.ts';
import { parsePids } from './ps.ts';
import { parseContainerList, parseContainerState } from './state.ts';
import { parseEvent, parseStatsEvent } from './stats.ts';
import { parseTop } from './top.ts';
import { parseUsage } from './usage.ts';
import { parseVersion } from './version.ts';
import { parseWaitResult } from './wait.ts';

const state = { ociVersion: '1.0.2', id: 'c1', status: 'running', pid: 5, bundle: '/b', extra: { kept: 'no' } };

describe('a container state', () => {
  test('has what the runtime says; unknown fields pass', () => {
    const created = '2026-11-23T04:50:20.292123456Z';
    expect(parseContainerState({ ...state, rootfs: '/r', created, annotations: { a: 'b' } })).toEqual({
      ociVersion: '1.0.2',
      id: 'c1',
      status: 'running',
      pid: 5,
      bundle: '/b',
      rootfs: '/r',
      created: new Date('2026-11-23T04:50:20.292Z'),
      annotations: { a: 'b' },
    });
  });

  test.each([0, -1, undefined])('has no pid if that is %s', (pid) => {
    expect(parseContainerState({ ...state, pid })).not.toHaveProperty('pid');
  });

  test.each([
    [{ ...state, status: 'odd' }, 'state.status: expected creating | created'],
    [{ ...state, bundle: undefined }, 'state.bundle: expected a string, got nothing'],
    [{ ...state, annotations: { a: 1 } }, 'state.annotations.a: expected a string, got 1'],
    [{ ...state, created: 'soon' }, 'state.created: expected an RFC 3339 time, got "soon"'],
    [{ ...state, pid: 0.5 }, 'not a process id: 0.5'],
    [{ ...state, id: '../x' }, 'is not a valid identifier'],
    [[], 'state: expected an object, got []'],
    [null, 'state: expected an object, got null'],
  ])('says where it is wrong: %o', (value, message) => {
    expect(() => parseContainerState(value)).toThrow(message);
  });
});

describe('a container list', () => {
  test('is empty if the runtime says null', () => {
    expect(parseContainerList(null)).toEqual([]);
  });

  test('has ids that other clients have chosen', () => {
    expect(parseContainerList([{ ...state, id: 'a+b', owner: 'root' }])[0]).toMatchObject({ id: 'a+b', owner: 'root' });
  });

  test('says which entry is wrong', () => {
    expect(() => parseContainerList([state, { ...state, bundle: 1 }])).toThrow('list[1].bundle: expected a string');
    expect(() => parseContainerList({})).toThrow('list: expected a list');
  });
});

test('pids are a list of numbers, or null', () => {
  expect(parsePids([1, 2])).toEqual([1, 2]);
  expect(parsePids(null)).toEqual([]);
  expect(() => parsePids([1, 'x'])).toThrow('ps[1]: expected a number');
});

test('the result of a wait is a status', () => {
  expect(parseWaitResult({ id: 'c1', exitStatus: 137 })).toEqual({ exitStatus: 137 });
  expect(() => parseWaitResult({ id: 'c1' })).toThrow('wait.exitStatus');
});

describe('numbers that a double cannot hold', () => {
  test('are exact', () => {
    const text = '{"limit":9223372036854771712,"max":18446744073709551615,"small":3,"half":0.5}';
    const exact = { limit: 9223372036854771712n, max: 18446744073709551615n, small: 3, half: 0.5 };
    expect(parseExactJson(text, 'x')).toEqual(exact);
  });

  test.each(['', 'null null', '{"a":', '\0'])('text that is not JSON (%j) says where it came from', (text) => {
    expect(() => parseExactJson(text, 'runsc state')).toThrow(/^runsc state: expected JSON, got/);
  });
});

describe('statistics', () => {
  const data = {
    cpu: { usage: { total: 10, kernel: 4, user: 6, percpu: [3, 7] }, throttling: { periods: 1, throttledTime: 2 } },
    memory: { cache: 1, usage: { limit: 9223372036854771712n, usage: 5, max: 6, failcnt: 7 }, raw: { rss: 8 } },
    pids: { current: 2 },
    blkio: { ioServiceBytesRecursive: [{ major: 8, minor: 1, op: 'Read', value: 9 }] },
    hugetlb: { '2MB': { usage: 1, max: 2, failcnt: 3 } },
    network_interfaces: [{ Name: 'lo', RxBytes: 11 }],
  };

  test('have units, and 0 for what was left out', () => {
    const stats = parseStatsEvent({ type: 'stats', id: 'c1', data });
    expect(stats.cpu).toEqual({
      totalNs: 10n,
      kernelNs: 4n,
      userNs: 6n,
      perCpuNs: [3n, 7n],
      throttling: { periods: 1n, throttledPeriods: 0n, throttledNs: 2n },
    });
    expect(stats.memory.usage).toEqual({
      limitBytes: 9223372036854771712n,
      usageBytes: 5n,
      maxBytes: 6n,
      failures: 7n,
    });
    expect(stats.memory.swap.usageBytes).toBe(0n);
    expect(stats.memory.raw).toEqual({ rss: 8n });
    expect(stats.pids).toEqual({ current: 2n, limit: 0n });
    expect(stats.blkio.ioServiceBytes).toEqual([{ major: 8n, minor: 1n, operation: 'Read', value: 9n }]);
    expect(stats.hugetlb).toEqual([{ pageSize: '2MB', usageBytes: 1n, maxBytes: 2n, failures: 3n }]);
    expect(stats.network[0]).toMatchObject({ name: 'lo', rxBytes: 11n, txDropped: 0n });
  });

  test('say where they are wrong', () => {
    const wrong = { ...data, cpu: { usage: { percpu: [1, -1] } } };
    const message = 'event.data.cpu.usage.percpu[1]: expected a whole number';
    expect(() => parseStatsEvent({ type: 'stats', id: 'c1', data: wrong })).toThrow(message);
    expect(() => parseStatsEvent({ type: 'stats', id: 'c1' })).toThrow('event.data: expected an object, got nothing');
    expect(() => parseStatsEvent({ type: 'oom', id: 'c1' })).toThrow('event.type: expected "stats", got "oom"');
  });

  test('an event of an unknown kind passes', () => {
    expect(parseEvent({ type: 'oom', id: 'c1' })).toEqual({ type: 'oom', id: 'c1' });
    const other = { type: 'other', name: 'intelRdt', id: 'c1', data: { a: 1 } };
    expect(parseEvent({ type: 'intelRdt', id: 'c1', data: { a: 1 } })).toEqual(other);
    expect(() => parseEvent({ id: 'c1' })).toThrow('event.type: expected a string');
  });
});

describe('a table of processes', () => {
  test('has the rest of the line in its last column, as it was written', () => {
    const text = 'UID   PID  CMD\nroot  12   sh -c  "a   b"\n\nuser  -    -\n';
    expect(parseTop(text)).toEqual({ headers: ['UID', 'PID', 'CMD'], processes: [['root', '12', 'sh -c  "a   b"']] });
  });

  test('may be empty', () => {
    expect(parseTop('')).toEqual({ headers: [], processes: [] });
    expect(parseTop('PID\n')).toEqual({ headers: ['PID'], processes: [] });
  });
});

describe('a version', () => {
  test.each([
    ['runsc version release-20260101.0\nspec: 1.2.0\n', 'runsc', 'release-20260101.0', '1.2.0'],
    ['runc version 1.1.5+ds1\ncommit: 1.1\nspec: 1.0.2-dev\ngo: go1.19.8\n', 'runc', '1.1.5+ds1', '1.0.2-dev'],
    ['crun version 1.8.1\ncommit: f8a\nrundir: /run/crun\nspec: 1.0.0\n+SYSTEMD +SELINUX\n', 'crun', '1.8.1', '1.0.0'],
  ])('is read of %j', (text, program, version, spec) => {
    expect(parseVersion(text)).toMatchObject({ program, version, spec });
  });

  test.each(['', 'Usage: x', '\nrunc version 1'])('is not read of %j', (text) => {
    expect(() => parseVersion(text)).toThrow('version: expected "NAME version VERSION"');
  });
});

test('features keep the whole document', () => {
  const document = {
    ociVersionMin: '1.0.0',
    ociVersionMax: '1.2.1',
    hooks: ['prestart'],
    linux: { cgroup: { v1: true } },
  };
  const common = { ociVersionMin: '1.0.0', ociVersionMax: '1.2.1', hooks: ['prestart'] };
  expect(parseFeatures(document)).toEqual({ ...common, mountOptions: [], annotations: {}, document });
  expect(() => parseFeatures({ hooks: [1] })).toThrow('features.hooks[0]: expected a string, got 1');
});

test('memory usage has categories and their sum', () => {
  expect(parseUsage({ Total: 5, Mapped: 3 })).toEqual({ totalBytes: 5, categories: { Mapped: 3 } });
  expect(() => parseUsage({ Mapped: 3 })).toThrow('usage.Total');
});
