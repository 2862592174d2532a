import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseContainerId } from '../ids.ts';
import { parseSandboxRecord, readSandboxRecord } from './sandbox-record.ts';

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

describe('readSandboxRecord', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'record-'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const write = (id: string, sandbox: string, text = JSON.stringify(file(id, sandbox))) =>
    writeFile(join(root, `${id}_sandbox:${sandbox}.state`), text);

  it('finds a root container and one in another sandbox, each by its whole id', async () => {
    await write('c1', 'c1');
    await write('c10', 'c1');
    await write('c1-sub', 'c1');
    const find = async (id: string) => (await readSandboxRecord(root, parseContainerId(id)))?.container;
    await expect(find('c1')).resolves.toBe('c1');
    await expect(find('c10')).resolves.toBe('c10');
    await expect(find('c')).resolves.toBeUndefined();
  });

  it('finds nothing in a root that is not there', async () => {
    await expect(readSandboxRecord('/nonexistent', parseContainerId('c'))).resolves.toBeUndefined();
  });

  it('rejects a file that is half written', async () => {
    await write('c', 'c', '{"id":"c","spec":');
    await expect(readSandboxRecord(root, parseContainerId('c'))).rejects.toThrow();
  });
});
