import { expect, it } from 'vitest';
import { parseMountInfo, readMountInfo } from './mountinfo.ts';

it('mountinfo is read with its optional fields and escapes', () => {
  const text = [
    '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue',
    '37 35 0:30 / /with\\040blank\\134 rw - tmpfs tmpfs rw',
    'nonsense',
    '',
  ].join('\n');
  expect(parseMountInfo(text)).toEqual([
    { root: '/mnt1', mountPoint: '/mnt2', type: 'ext3', superOptions: ['rw', 'errors=continue'] },
    { root: '/', mountPoint: '/with blank\\', type: 'tmpfs', superOptions: ['rw'] },
  ]);
});

it('this process has mounts', async () => {
  expect((await readMountInfo()).map(({ mountPoint }) => mountPoint)).toContain('/');
});
