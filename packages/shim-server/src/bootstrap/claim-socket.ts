import { chmodSync, linkSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import { holdConnections } from './hold-connections.ts';
import { checkSocketPath } from './socket-path.ts';

/** A listening socket that is this process's own. Closing it removes the file, unless another shim's stands there. */
export interface OwnedSocket extends Disposable {
  readonly path: string;
  readonly server: Server;
  /** Ends the holding back of connections: to be called once somebody listens for them. */
  serve(): void;
}

/** The outcome of a start: this process serves the group, or another one already does. */
export type Claim = { readonly kind: 'owned'; readonly socket: OwnedSocket } | { readonly kind: 'joined' };

export interface ClaimDeps {
  /** Held by the one starter that may remove a dead shim's socket. Ends with its process. */
  readonly lock: (file: string) => Promise<Disposable>;
}

// Rarely needed, and it takes system calls that are not loaded at a start.
const socketLock: ClaimDeps = {
  lock: async (file) => {
    const { lockSocketFolder } = await import('./socket-lock.ts');
    return lockSocketFolder(file);
  },
};

const attempts = 20;

/**
 * Makes this process the one that listens on `path`, or finds that another one does. The socket listens under a name of
 * its own first and gets the public one by link(2), which only one of many starters can; so nobody ever sees a socket that
 * does not answer yet. A socket nobody listens on is what a dead shim left: it is replaced under the lock.
 * @throws SandshimError `unavailable` if the folder cannot be used.
 */
export async function claimSocket(path: string, deps: ClaimDeps = socketLock): Promise<Claim> {
  const folder = dirname(path);
  const own = join(folder, `.${process.pid}-${process.hrtime.bigint().toString(36)}`);
  checkSocketPath(own);
  let server: Server | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    server = createServer();
    const held = holdConnections(server);
    await listen(server, own);
    chmodSync(own, 0o600);
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (tryLink(own, path)) return { kind: 'owned', socket: owned(path, { server, serve: held.release }) };
      const found = await probe(path);
      if (found === 'alive') {
        server.close();
        return { kind: 'joined' };
      }
      if (found === 'dead') await removeDead(path, deps);
    }
    throw new SandshimError('unavailable', `the socket ${path} changes hands again and again`);
  } catch (error) {
    server?.close();
    if (SandshimError.is(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandshimError('unavailable', `cannot listen on ${path}: ${reason}`, { cause: error });
  } finally {
    if (server !== undefined) removeIfPossible(own);
  }
}

/** Whether somebody listens on a unix socket. A full backlog counts as alive: only a refusal tells of a dead one. */
export function probe(path: string): Promise<'alive' | 'dead' | 'absent'> {
  return new Promise((resolve) => {
    const connection = createConnection({ path });
    connection.once('connect', () => {
      connection.destroy();
      resolve('alive');
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? 'absent' : error.code === 'ECONNREFUSED' ? 'dead' : 'alive');
    });
  });
}

async function removeDead(path: string, deps: ClaimDeps): Promise<void> {
  using _lock = await deps.lock(join(dirname(path), '.lock'));
  // Another starter may have replaced it while this one waited for the lock.
  if ((await probe(path)) === 'dead') removeIfThere(path);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function owned(path: string, parts: Pick<OwnedSocket, 'server' | 'serve'>): OwnedSocket {
  const { server } = parts;
  const { ino, dev } = lstatSync(path);
  return {
    path,
    ...parts,
    [Symbol.dispose]: () => {
      server.close();
      const there = lstatSync(path, { throwIfNoEntry: false });
      if (there?.ino === ino && there.dev === dev) removeIfThere(path);
    },
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Where the file system takes no changes, what failed before says so better. */
function removeIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Not there, or see above.
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
