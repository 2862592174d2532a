import { describe, expect, it } from 'vitest';
import { parseCopy } from '../copy/location.ts';
import { parseSpec } from './bundle.ts';
import { parseRecord } from './record.ts';
import { parseSignal } from './signals.ts';

describe('a signal', () => {
  it.each([
    ['9', 9],
    ['KILL', 9],
    ['sigterm', 15],
    ['SIGRTMIN', 34],
    ['RTMIN+3', 37],
  ])('%s is %d', (name, number) => {
    expect(parseSignal(name)).toBe(number);
  });

  it.each(['', '0', '65', 'FOO', '-9', 'RTMIN+99', '1.5'])('%j is none', (name) => {
    expect(() => parseSignal(name)).toThrow('is not a signal');
  });
});

describe("a container's record", () => {
  const record = { runtime: 'runc', shim: '/s', createdAt: '2026-01-31T08:00:00.000Z' };

  it('comes back as it was written', () => {
    const exit = { status: 3, exitedAt: '2026-01-31T08:00:01.000Z' };
    expect(parseRecord({ ...record, autoRemove: true, log: '/l', timeoutMs: 5, exit })).toEqual({
      runtime: 'runc',
      shim: '/s',
      createdAt: new Date(record.createdAt),
      terminal: false,
      interactive: false,
      autoRemove: true,
      log: '/l',
      timeoutMs: 5,
      exit: { status: 3, exitedAt: new Date(exit.exitedAt) },
    });
  });

  it.each([
    [null, 'record is null'],
    [{ ...record, runtime: 'crun' }, 'runtime is "crun"'],
    [{ ...record, shim: 5 }, 'shim is 5'],
    [{ ...record, createdAt: 'once' }, 'createdAt is "once"'],
    [{ ...record, exit: {} }, 'exit.status is undefined'],
    [{ ...record, exit: { status: 1 } }, 'exit.exitedAt is undefined'],
    [{ ...record, options: { typeUrl: 't' } }, 'options.value is undefined'],
  ])('%j is refused with the path of what is wrong', (value, message) => {
    expect(() => parseRecord(value)).toThrow(`container.json: ${message}`);
  });
});

describe('an OCI spec', () => {
  it.each([
    ['', 'is not JSON'],
    ['[]', 'is not an object'],
    ['{"process":5}', 'has a process that is not an object'],
  ])('%j is refused', (source, message) => {
    expect(() => parseSpec(source, '/b/config.json')).toThrow(`/b/config.json ${message}`);
  });

  it('keeps what it does not know', () => {
    expect(parseSpec('{"ociVersion":"1.1.0","x":1,"process":{"args":["a"],"y":2}}', '/b')).toEqual({
      ociVersion: '1.1.0',
      x: 1,
      process: { args: ['a'], cwd: '/', y: 2 },
    });
  });
});

describe('a copy', () => {
  it.each([
    ['web:/etc', '.', 'out', '/etc'],
    ['./a:b', 'web:/etc', 'in', '/etc'],
    ['-', 'web:/', 'in', '/'],
    ['web:', '-', 'out', '/'],
  ])('from %s to %s goes %s', (source, destination, direction, path) => {
    expect(parseCopy(source, destination)).toMatchObject({ direction, container: { reference: 'web', path } });
  });

  it.each([
    ['a', 'b'],
    ['web:/a', 'db:/b'],
    ['-', '-'],
  ])('from %s to %s is refused', (source, destination) => {
    expect(() => parseCopy(source, destination)).toThrow('cp copies between a container');
  });
});
