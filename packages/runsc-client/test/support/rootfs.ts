import { copyFile, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let made: Promise<string> | undefined;

/** A root filesystem with busybox (package busybox-static) as sh and the usual small programs; one for a test file. */
export function testRootfs(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const rootfs = await mkdtemp(join(tmpdir(), 'rootfs-'));
  await mkdir(join(rootfs, 'bin'));
  await copyFile('/bin/busybox', join(rootfs, 'bin', 'busybox'));
  const names = ['sh', 'sleep', 'cat', 'true', 'echo', 'id', 'uname', 'kill', 'head', 'yes', 'ls'];
  await Promise.all(names.map((name) => symlink('busybox', join(rootfs, 'bin', name))));
  return rootfs;
}
