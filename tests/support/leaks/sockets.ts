import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeakScope } from './scope.ts';

/** Where shims listen. The folder is common to all containerds of a machine. */
const SOCKETS = '/run/containerd/s';

/** The socket of a container's, or a pod's, shim: named by a hash, so that no two containerds meet. */
export function shimSocket({ address, namespace }: Pick<LeakScope, 'address' | 'namespace'>, group: string): string {
  return join(
    SOCKETS,
    createHash('sha256')
      .update(join(address, namespace, group))
      .digest('hex'),
  );
}

/** The sockets of the scope's containers that are still there though nobody listens on them. */
export async function deadSockets(scope: LeakScope): Promise<readonly string[]> {
  const listening = new Set<string>();
  for (const line of (await readFile('/proc/net/unix', 'utf8')).split('\n')) {
    const path = line.split(/\s+/)[7];
    if (path !== undefined) listening.add(path);
  }
  const found: string[] = [];
  for (const group of scope.groups) {
    const path = shimSocket(scope, group);
    if (!listening.has(path) && (await exists(path))) found.push(path);
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
