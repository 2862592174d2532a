import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Containerd } from './containerd/start.ts';

/** The pid of the shim that serves a task, whatever shim it is: the process that listens on the bundle's socket. */
export async function shimPid(containerd: Containerd, id: string): Promise<number> {
  const bundle = join(containerd.paths.bundles, containerd.namespace, id);
  const socket = await socketOf(bundle);
  const inode = await inodeOf(socket);
  for (const pid of await readdir('/proc')) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (target === `socket:[${inode}]`) return Number(pid);
    }
  }
  throw new Error(`nobody listens on ${socket}`);
}

/** The path of the socket of a bundle's shim: from the file `address`, or containerd 2's bootstrap.json. */
export async function socketOf(bundle: string): Promise<string> {
  const plain = await readFile(join(bundle, 'address'), 'utf8').catch(() => undefined);
  const address = plain ?? addressIn(JSON.parse(await readFile(join(bundle, 'bootstrap.json'), 'utf8')));
  return address.replace(/^unix:\/\//, '');
}

function addressIn(bootstrap: unknown): string {
  if (typeof bootstrap === 'object' && bootstrap !== null && 'address' in bootstrap) return String(bootstrap.address);
  throw new Error(`no address in ${JSON.stringify(bootstrap)}`);
}

async function inodeOf(socket: string): Promise<string> {
  for (const line of (await readFile('/proc/net/unix', 'utf8')).split('\n')) {
    const [, , , flags, , , inode, path] = line.split(/\s+/);
    // 0x10000: a listening socket, not one of its connections.
    if (path === socket && flags === '00010000' && inode !== undefined) return inode;
  }
  throw new Error(`no listening socket ${socket}`);
}
