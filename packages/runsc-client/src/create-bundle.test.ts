import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBundle } from './create-bundle.ts';

test('a bundle is a folder with a config.json, which is removed with it', async () => {
  const bundle = await createBundle({ rootfs: '/', args: ['true'] });
  expect(JSON.parse(await readFile(join(bundle.path, 'config.json'), 'utf8'))).toEqual(bundle.spec);
  await bundle[Symbol.asyncDispose]();
  await expect(stat(bundle.path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a folder that was given stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-test-'));
  const bundle = await createBundle({ rootfs: '/', args: ['true'], folder: join(folder, 'deep', 'er') });
  await bundle[Symbol.asyncDispose]();
  await expect(stat(join(bundle.path, 'config.json'))).resolves.toBeDefined();
  await rm(folder, { recursive: true });
});

test('without a word, a process has no rights: nobody, no capability, nothing to write but /tmp', async () => {
  await using bundle = await createBundle({ rootfs: 'rootfs', args: ['id'] });
  const none = { bounding: [], effective: [], permitted: [] };
  const user = { uid: 65_534, gid: 65_534 };
  expect(bundle.spec.process).toMatchObject({ user, noNewPrivileges: true, capabilities: none, cwd: '/' });
  expect(bundle.spec.root).toEqual({ path: join(process.cwd(), 'rootfs'), readonly: true });
  expect(bundle.spec.linux?.namespaces).toEqual(['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })));
});

test('every option has its place in the specification', async () => {
  await using bundle = await createBundle({
    rootfs: '/r',
    args: ['a', 'b'],
    env: { A: 'b' },
    cwd: '/w',
    user: { uid: 1, gid: 2 },
    writable: true,
    hostname: 'h',
    mounts: [{ destination: '/data', type: 'bind', source: '/d', options: ['ro'] }],
    capabilities: ['CAP_KILL'],
    memoryLimitBytes: 1_000,
    pidsLimit: 10,
    annotations: { x: 'y' },
  });
  expect(bundle.spec).toMatchObject({
    process: { args: ['a', 'b'], cwd: '/w', user: { uid: 1, gid: 2 }, capabilities: { bounding: ['CAP_KILL'] } },
    root: { path: '/r', readonly: false },
    hostname: 'h',
    annotations: { x: 'y' },
    linux: { resources: { memory: { limit: 1_000 }, pids: { limit: 10 } } },
  });
  expect(bundle.spec.process?.env).toContain('A=b');
  expect(bundle.spec.mounts?.at(-1)).toMatchObject({ destination: '/data' });
});

test('a bundle without args is refused', async () => {
  await expect(createBundle({ rootfs: '/', args: [] })).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('a folder that cannot be made is unavailable', async () => {
  const call = createBundle({ rootfs: '/', args: ['true'], folder: '/etc/passwd/folder' });
  await expect(call).rejects.toMatchObject({ code: 'unavailable' });
});
