import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a test's sockets, removed when it is disposed. */
export interface SocketFolder extends AsyncDisposable {
  readonly path: string;
  /** A listening server and its path. Whoever serves on it closes it. */
  listen(options?: ServerOpts): Promise<{ readonly listener: Server; readonly path: string }>;
}

export async function createSocketFolder(): Promise<SocketFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-'));
  let count = 0;
  return {
    path: folder,
    listen: async (options = {}) => {
      const path = join(folder, `${++count}.sock`);
      const listener = createServer(options).listen(path);
      await once(listener, 'listening');
      return { listener, path };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
