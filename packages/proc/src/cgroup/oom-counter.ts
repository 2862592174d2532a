import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cgroup } from './cgroup-of.ts';
import { memoryFolder } from './cgroup-of.ts';
import { parseKeyed } from './read-cgroup.ts';

/** The file of a cgroup that counts how often the kernel killed in it for want of memory. */
export function oomFile(cgroup: Cgroup): string | undefined {
  const folder = memoryFolder(cgroup);
  if (folder === undefined) return undefined;
  return join(folder, cgroup.version === 2 ? 'memory.events' : 'memory.oom_control');
}

/** Reads that count; at once, since it must be known before an exit is told. `undefined` when the cgroup is gone. */
export function readOomKills(file: string): bigint | undefined {
  try {
    return parseKeyed(readFileSync(file, 'utf8')).get('oom_kill') ?? 0n;
  } catch {
    // Removed with its container.
    return undefined;
  }
}
