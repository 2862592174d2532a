import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The CPU time that the host counted for a sandbox, which runsc scales the sandbox's own counts to. */
export type HostCpuUsage =
  | { readonly kind: 'counted'; readonly nanoseconds: number }
  | { readonly kind: 'uncounted' }
  /** Cgroups are mounted from elsewhere than their root, or a line is not understood: runsc itself has to be asked. */
  | { readonly kind: 'unclear' };

/** Where /proc and the cgroups are; others than the real ones for tests. */
export interface HostFolders {
  readonly proc: string;
  readonly cgroups: string;
}

const hostFolders: HostFolders = { proc: '/proc', cgroups: '/sys/fs/cgroup' };

/**
 * Reads the counter of the cgroup that runsc looks at for this sandbox process. The kernel makes up these files as they are
 * read: no disk is waited for, and no thread.
 */
export function hostCpuUsage(sandboxPid: number, folders: HostFolders = hostFolders): HostCpuUsage {
  const cgroups = readFileSync(join(folders.proc, String(sandboxPid), 'cgroup'), 'utf8');
  const mounts = readFileSync(join(folders.proc, 'self', 'mountinfo'), 'utf8');
  const lines = cgroups
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  if (lines.some((fields) => fields.length !== 3) || hasCgroupSubmount(mounts)) return { kind: 'unclear' };
  const unified = existsSync(join(folders.cgroups, 'cgroup.controllers'));
  const path =
    lines.find(([, names = '']) => (unified ? names === '' : names.split(',').includes('cpuacct')))?.[2] ?? '/';
  try {
    const nanoseconds = (unified ? unifiedUsage : legacyUsage)(folders.cgroups, path);
    return { kind: 'counted', nanoseconds };
  } catch {
    // runsc goes by the sandbox's own count where it cannot read the host's.
    return { kind: 'uncounted' };
  }
}

function legacyUsage(cgroups: string, path: string): number {
  return count(readFileSync(join(cgroups, 'cpuacct', path, 'cpuacct.usage'), 'utf8'));
}

function unifiedUsage(cgroups: string, path: string): number {
  // The parent's: in the unified hierarchy the sandbox's own group is a leaf that runsc did not make.
  const text = readFileSync(join(cgroups, dirname(path), 'cpu.stat'), 'utf8');
  return count(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? '0') * 1_000;
}

function hasCgroupSubmount(mountinfo: string): boolean {
  return mountinfo.split('\n').some((line) => {
    const fields = line.split(' ');
    return /^cgroup2?$/.test(fields.at(-3) ?? '') && fields[3] !== '/';
  });
}

function count(text: string): number {
  const value = Number(text.trim());
  if (!Number.isFinite(value)) throw new TypeError(`not a count: ${text}`);
  return value;
}
