import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../lib/paths.ts';
import { say } from '../lib/say.ts';
import { writeOciArchive } from './oci-archive.ts';

/** The test image: busybox, and nothing else. */
export const testImage = 'sandshim.test/busybox:1';
/** The same files, with a command that only waits: what holds a pod's namespaces. */
export const pauseImage = 'sandshim.test/pause:1';

const busybox = '/bin/busybox';

/** Where the image archive lies, for `ctr image import`. */
export function imageArchive(): string {
  return join(cacheFolder, 'images', 'busybox.tar');
}

/** Makes the image archive from busybox-static, once per busybox. */
export async function bringImage(): Promise<string> {
  const archive = imageArchive();
  const recipe = createHash('sha256')
    .update(await readFile(busybox))
    .update(await readFile(import.meta.filename))
    .update(await readFile(join(import.meta.dirname, 'oci-archive.ts')))
    .digest('hex');
  const stamp = `${archive}.made-of`;
  const made = await readFile(stamp, 'utf8').catch(() => '');
  if (made === recipe && (await stat(archive).catch(() => undefined)) !== undefined) return archive;
  say('making a small image from busybox-static');
  await mkdir(join(cacheFolder, 'images'), { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'sandshim-image-'));
  try {
    await layRootfs(join(work, 'rootfs'));
    const half = `${archive}.${process.pid}`;
    await writeOciArchive({
      rootfs: join(work, 'rootfs'),
      work,
      archive: half,
      images: [
        { name: testImage, command: ['/bin/sh'] },
        { name: pauseImage, command: ['/bin/sleep', '2147483647'] },
      ],
    });
    await rename(half, archive);
    await writeFile(stamp, recipe);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return archive;
}

/** Lays a root file system of busybox alone. */
export async function layRootfs(rootfs: string): Promise<void> {
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'root', 'run', 'sys', 'tmp', 'var']) {
    await mkdir(join(rootfs, folder), { recursive: true });
  }
  await chmod(join(rootfs, 'tmp'), 0o1777);
  await copyFile(busybox, join(rootfs, 'bin', 'busybox'));
  const { stdout } = await execa(busybox, ['--list']);
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    await symlink('busybox', join(rootfs, 'bin', applet));
  }
  await writeFile(
    join(rootfs, 'etc', 'passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
  );
  await writeFile(join(rootfs, 'etc', 'group'), 'root:x:0:\nnogroup:x:65534:\n');
  await writeFile(join(rootfs, 'etc', 'hostname'), 'sandshim\n');
}
