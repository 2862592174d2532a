import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseContainerId } from '../ids.ts';
import { SandboxRecords } from './sandbox-records.ts';

const file = (id: string, sandbox: string, status = 'running') =>
  JSON.stringify({
    ...{ id, status, bundleDir: '/b', spec: { process: { cwd: '/' } } },
    sandbox: { id: sandbox, pid: 12, uid: 0, gid: 0 },
  });

describe('SandboxRecords', () => {
  let root = '';
  let records: SandboxRecords;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'record-'));
    records = new SandboxRecords(root);
  });
  afterEach(() => rm(root, { recursive: true }));
  const pathOf = (id: string, sandbox: string) => join(root, `${id}_sandbox:${sandbox}.state`);
  const find = (id: string) => records.find(parseContainerId(id));

  it('finds a root container and one in another sandbox, each by its whole id', async () => {
    for (const id of ['c1', 'c10', 'c1-sub']) await writeFile(pathOf(id, 'c1'), file(id, 'c1'));
    await expect(find('c1')).resolves.toMatchObject({ container: 'c1', sandbox: 'c1' });
    await expect(find('c10')).resolves.toMatchObject({ container: 'c10', sandbox: 'c1' });
    await expect(find('c')).resolves.toBeUndefined();
  });

  it('gives the same record until the file is written', async () => {
    await writeFile(pathOf('c', 'c'), file('c', 'c'));
    const first = await find('c');
    expect(await find('c')).toBe(first);
    await writeFile(pathOf('c', 'c'), file('c', 'c', 'paused'));
    await expect(find('c')).resolves.toMatchObject({ status: 'paused' });
  });

  it('follows a container that was deleted and made anew in another sandbox', async () => {
    await writeFile(pathOf('c', 'c'), file('c', 'c'));
    await find('c');
    await unlink(pathOf('c', 'c'));
    await expect(find('c')).resolves.toBeUndefined();
    await writeFile(pathOf('c', 'pod'), file('c', 'pod'));
    await expect(find('c')).resolves.toMatchObject({ sandbox: 'pod' });
  });

  it('finds nothing in a root that is not there', async () => {
    await rm(root, { recursive: true });
    await expect(find('c')).resolves.toBeUndefined();
    root = await mkdtemp(join(tmpdir(), 'record-'));
  });

  it('rejects a file that is half written, and reads it once it is whole', async () => {
    await writeFile(pathOf('c', 'c'), file('c', 'c').slice(0, 40));
    await expect(find('c')).rejects.toThrow();
    await writeFile(pathOf('c', 'c'), file('c', 'c'));
    await expect(find('c')).resolves.toMatchObject({ container: 'c' });
  });
});
