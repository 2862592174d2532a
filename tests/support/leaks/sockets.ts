import { createHash } from 'node:crypto';
import { createConnection } from 'node:net';
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
  const paths = [...scope.groups].map((group) => shimSocket(scope, group));
  const dead = await Promise.all(paths.map(isDead));
  return paths.filter((_, index) => dead[index]);
}

/** Only a refused connection tells: a socket may listen under the name that it was made with. */
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection({ path });
    connection.once('connect', () => {
      connection.destroy();
      resolve(false);
    });
    connection.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
