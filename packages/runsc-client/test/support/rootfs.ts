import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

// One for each test file, which removes it after its last test.
const made: Promise<string>[] = [];
afterAll(async () => {
  for (const rootfs of made) await rm(await rootfs, { recursive: true });
});

/** A root filesystem with busybox (package busybox-static) as sh and the usual small programs. */
export function testRootfs(): Promise<string> {
  const [first = make()] = made;
  if (made.length === 0) made.push(first);
  return first;
}

async function make(): Promise<string> {
  const rootfs = await mkdtemp(join(tmpdir(), 'rootfs-'));
  await mkdir(join(rootfs, 'bin'));
  await copyFile('/bin/busybox', join(rootfs, 'bin', 'busybox'));
  const names = ['sh', 'sleep', 'cat', 'true', 'echo', 'head', 'yes'];
  await Promise.all(names.map((name) => symlink('busybox', join(rootfs, 'bin', name))));
  return rootfs;
}
