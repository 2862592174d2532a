import { readdir, readFile } from 'node:fs/promises';

const SOCKETS = '/run/containerd/s';

/**
 * Shim sockets that nobody listens on any more. The folder is common to all containerds of a machine, so a socket
 * with a living listener is not counted here: its shim is, among the processes.
 */
export async function deadSockets(): Promise<readonly string[]> {
  const listening = new Set<string>();
  for (const line of (await readFile('/proc/net/unix', 'utf8')).split('\n')) {
    const path = line.split(/\s+/)[7];
    if (path !== undefined) listening.add(path);
  }
  const names = await readdir(SOCKETS).catch(() => []);
  return names.map((name) => `${SOCKETS}/${name}`).filter((path) => !listening.has(path));
}
