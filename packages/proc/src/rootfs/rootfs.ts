import { mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Sys } from '@sandshim/io/sys';
import { type OciSpec, SandshimError } from '@sandshim/runsc-client';
import type { RootfsMount } from '../create-options.ts';
import { readMountInfo } from './mountinfo.ts';

/** Where a bundle's root file system is. */
export function rootfsOf(bundle: string): string {
  return join(bundle, 'rootfs');
}

/** Mounts `mounts` over the bundle's rootfs, in order. Undoes what it did when one of them fails. */
export async function mountRootfs(
  bundle: string,
  options: { readonly mounts: readonly RootfsMount[]; readonly sys: Pick<Sys, 'mount' | 'unmount'> },
) {
  const { mounts, sys } = options;
  if (mounts.length === 0) return;
  const rootfs = rootfsOf(bundle);
  await mkdir(rootfs, { recursive: true, mode: 0o711 });
  try {
    for (const mount of mounts) {
      const target = mount.target ? join(rootfs, mount.target) : rootfs;
      await sys.mount({ type: mount.type, source: mount.source, target, options: mount.options });
    }
  } catch (cause) {
    await unmountBelow(rootfs, sys);
    const { code, message } = SandshimError.from(cause);
    throw new SandshimError(code, `failed to mount rootfs ${rootfs}: ${message}`, { cause });
  }
}

/**
 * Makes sure that a root file system outside the bundle is there: a runtime that finds none has a word of its own for it,
 * and runsc has none. @throws SandshimError `not_found` that names it
 */
export async function requireRootfs({ root }: Pick<OciSpec, 'root'>): Promise<void> {
  if (root === undefined || !isAbsolute(root.path)) return;
  const found = await stat(root.path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const what = found === undefined ? 'does not exist' : 'is no folder';
  throw new SandshimError('not_found', `the root file system ${root.path} ${what}`);
}

/**
 * Unmounts what is mounted on `folder` and below it, the youngest first; a busy mount is detached. Nothing mounted is
 * success. @throws SandshimError of the last mount that would not go
 */
export async function unmountBelow(folder: string, sys: Pick<Sys, 'unmount'>): Promise<void> {
  const at = await realpath(folder).catch(() => folder);
  const mounted = (await readMountInfo())
    .map(({ mountPoint }) => mountPoint)
    .filter((mountPoint) => mountPoint === at || mountPoint.startsWith(`${at}/`));
  let failure: unknown;
  for (const mountPoint of mounted.toReversed()) {
    try {
      await sys.unmount(mountPoint).catch(() => sys.unmount(mountPoint, { lazy: true }));
    } catch (cause) {
      failure = cause;
    }
  }
  if (failure !== undefined) throw SandshimError.from(failure);
}
