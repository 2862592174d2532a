import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { sha256 } from './sha256.ts';

/** Where sockets of shims are by default, as for the Go shims. */
export const defaultSocketDir = '/run/containerd/s';

// sockaddr_un holds 108 bytes, the last one a zero; containerd's own limit is one less.
const maxPathBytes = 106;

export interface SocketIdentity {
  readonly socketDir: string;
  /** containerd's gRPC address: two daemons on one machine get different sockets. */
  readonly grpcAddress: string;
  readonly namespace: string;
  readonly group: string;
}

/**
 * The socket of a group's shim: equal for equal identities, so that the second container of a pod finds the first one's.
 * The hash's input is joined as a path, as the Go shims do it.
 * @throws SandshimError `invalid_argument` if the path is too long for a unix socket.
 */
export function socketPath(identity: SocketIdentity): string {
  const input = join(identity.grpcAddress, identity.namespace, identity.group);
  const path = join(identity.socketDir, sha256(input));
  checkSocketPath(path);
  return path;
}

/** @throws SandshimError `invalid_argument` if `path` is too long for a unix socket. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > maxPathBytes) {
    throw new SandshimError('invalid_argument', `socket path ${path} has ${bytes} bytes, ${maxPathBytes} are allowed`);
  }
}
