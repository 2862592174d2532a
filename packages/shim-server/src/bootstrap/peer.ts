import type { Socket } from 'node:net';
import type { PeerCredentials } from '@sandshim/io/sys';

/** Whether a connection comes from the shim's own user and group, as for the Go shims. Nobody else gets an answer. */
export function authorizePeer(socket: Socket, credentialsOf: (fd: number) => PeerCredentials): boolean {
  const fd = descriptorOf(socket);
  if (fd === undefined) return false;
  try {
    const { uid, gid } = credentialsOf(fd);
    return uid === process.geteuid?.() && gid === process.getegid?.();
  } catch {
    // It is gone.
    return false;
  }
}

/** Node's name for the descriptor of a socket: undocumented, and stable since 0.6. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return undefined;
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined;
}
