import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSandboxRecord } from './sandbox-record.ts';

const file = (id: string, sandbox: string, changes: object = {}) => ({
  id,
  spec: {
    process: { env: ['A=1'], cwd: '/', capabilities: { bounding: [] } },
    annotations: { key: 'value' },
  },
  bundleDir: '/bundle',
  status: 'running',
  sandbox: { id: sandbox, pid: 12, uid: 65_534, gid: 65_534 },
  ...changes,
});

describe('parseSandboxRecord', () => {
  it('reads what both versions record', () => {
    expect(parseSandboxRecord(file('c', 'c'))).toEqual({
      container: 'c',
      sandbox: 'c',
      sandboxPid: 12,
      owner: { uid: 65_534, gid: 65_534 },
      status: 'running',
      bundle: '/bundle',
      annotations: { key: 'value' },
      process: { env: ['A=1'], cwd: '/', capabilities: { bounding: [] } },
    });
  });

  it('reads what the newer version records besides', () => {
    const sandbox = { id: 'c', pid: 12, uid: 0, gid: 0, controlSocketPath: '/s', metricMetadata: { version: 'v' } };
    expect(parseSandboxRecord(file('c', 'c', { sandbox }))).toMatchObject({ controlSocket: '/s', version: 'v' });
  });

  it('finds no record where the sandbox is gone', () => {
    expect(parseSandboxRecord(file('c', 'c', { sandbox: null }))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['sandbox.pid', { sandbox: { id: 'c', pid: 0, uid: 0, gid: 0 } }],
    ['sandbox.id', { sandbox: { id: 1, pid: 1, uid: 0, gid: 0 } }],
    ['status', { status: 'fine' }],
    ['spec', { spec: null }],
    ['bundleDir', { bundleDir: 3 }],
    ['env', { spec: { process: { env: [1], cwd: '/' } } }],
  ])('refuses a wrong %s', (_name, changes) => {
    expect(() => parseSandboxRecord(file('c', 'c', changes))).toThrow();
  });

  it('refuses anything else without harm', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseSandboxRecord({ sandbox: {}, ...(value as object) })).toThrow();
      }),
    );
  });
});
