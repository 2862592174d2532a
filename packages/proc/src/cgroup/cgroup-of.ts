import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pid } from '@sandshim/runsc-client';
import { type MountInfo, readMountInfo } from '../rootfs/mountinfo.ts';

/** The controllers of version 1 that sandshim reads or writes. */
export const controllers = ['memory', 'cpu', 'cpuacct', 'cpuset', 'pids', 'blkio', 'hugetlb'] as const;
export type Controller = (typeof controllers)[number];

/** A process's cgroup, as folders. In version 1 each controller has its own; one that is not mounted is absent. */
export type Cgroup =
  | { readonly version: 1; readonly folders: Readonly<Partial<Record<Controller, string>>> }
  | { readonly version: 2; readonly folder: string };

/** The cgroup version of this host, as containerd decides it: 2 where the unified hierarchy is the only one. */
export function hostCgroupVersion(): 1 | 2 {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1;
}

/** The cgroup of `pid`; `undefined` when the process is gone. */
export async function cgroupOf(pid: Pid | 'self'): Promise<Cgroup | undefined> {
  try {
    const lines = await readFile(`/proc/${pid}/cgroup`, 'utf8');
    return locateCgroup(lines, { version: hostCgroupVersion(), mounts: await readMountInfo() });
  } catch {
    // The process ended first: it has no cgroup.
    return undefined;
  }
}

/** The cgroup at `path` below the root of every hierarchy, whether it is there or not. */
export async function cgroupAt(path: string): Promise<Cgroup | undefined> {
  const version = hostCgroupVersion();
  const lines = version === 2 ? `0::${path}` : `1:${controllers.join(',')}:${path}`;
  return locateCgroup(lines, { version, mounts: await readMountInfo() });
}

/** Finds the folders of a cgroup that /proc/<pid>/cgroup describes (cgroups(7)). */
export function locateCgroup(
  lines: string,
  host: { readonly version: 1 | 2; readonly mounts: readonly MountInfo[] },
): Cgroup | undefined {
  const entries = lines.split('\n').flatMap((line) => {
    const [, names, ...path] = line.split(':');
    return names === undefined ? [] : [{ names: names.split(','), path: path.join(':') }];
  });
  if (host.version === 2) {
    const path = entries.find(({ names }) => names.join() === '')?.path;
    const mount = host.mounts.find(({ type }) => type === 'cgroup2');
    return path === undefined || mount === undefined ? undefined : { version: 2, folder: folderOf(mount, path) };
  }
  const folders: Partial<Record<Controller, string>> = {};
  for (const controller of controllers) {
    const path = entries.find(({ names }) => names.includes(controller))?.path;
    const mount = host.mounts.find(({ type, superOptions }) => type === 'cgroup' && superOptions.includes(controller));
    if (path !== undefined && mount !== undefined) folders[controller] = folderOf(mount, path);
  }
  return { version: 1, folders };
}

/** The folder whose limit and counters a container's memory falls under; `undefined` without a memory controller. */
export function memoryFolder(cgroup: Cgroup): string | undefined {
  return cgroup.version === 2 ? cgroup.folder : cgroup.folders.memory;
}

function folderOf({ root, mountPoint }: MountInfo, path: string): string {
  // Inside a container only a part of the hierarchy is mounted, and the path begins at the whole one's root.
  const below = root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
  return join(mountPoint, below);
}
