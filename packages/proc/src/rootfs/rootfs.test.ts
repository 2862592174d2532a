import { describe, expect, test } from 'vitest';
import { requireRootfs } from './rootfs.ts';

describe('requireRootfs', () => {
  test.each([[{}], [{ root: { path: 'rootfs' } }], [{ root: { path: '/' } }]])('accepts %j', async (spec) => {
    await expect(requireRootfs(spec)).resolves.toBeUndefined();
  });

  test.each([
    ['/no/such/rootfs', 'the root file system /no/such/rootfs does not exist'],
    ['/dev/null', 'the root file system /dev/null is no folder'],
  ])('refuses %s by its name', async (path, message) => {
    await expect(requireRootfs({ root: { path } })).rejects.toMatchObject({ code: 'not_found', message });
  });
});
