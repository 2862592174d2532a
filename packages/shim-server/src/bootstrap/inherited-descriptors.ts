import { closeSync, readdirSync, readlinkSync } from 'node:fs';

/** Descriptors that this process has open, and what each is, such as `socket:[123]` or a path. */
export type Descriptors = ReadonlyMap<number, string>;

/** To be called first of all, while Node has only what it needs itself. */
export function listDescriptors(): Descriptors {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      found.set(Number(name), readlinkSync(`/proc/self/fd/${name}`));
    } catch {
      // The one that the listing itself used.
    }
  }
  return found;
}

/**
 * Closes what whoever started this process left open in it: a shim lives longer than its parent and must not keep the
 * parent's sockets. Node's own are epoll and event descriptors, and pipes of which it has both ends.
 */
export function closeInherited(descriptors: Descriptors): readonly number[] {
  const closed: number[] = [];
  for (const [fd, target] of descriptors) {
    if (fd < 3 || isNodesOwn(target, descriptors)) continue;
    try {
      // Closed by us meanwhile, its number may be another's.
      if (readlinkSync(`/proc/self/fd/${fd}`) !== target) continue;
      closeSync(fd);
      closed.push(fd);
    } catch {
      // Already closed.
    }
  }
  return closed;
}

function isNodesOwn(target: string, descriptors: Descriptors): boolean {
  if (target.startsWith('anon_inode:') || target === '/dev/null' || target.startsWith('/proc/')) return true;
  return target.startsWith('pipe:') && [...descriptors.values()].filter((other) => other === target).length > 1;
}
