import { constants, type Stats } from 'node:fs';
import {
  access,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { FileInfo, FileKind, Host } from './host.ts';

const connectTimeoutMs = 500;
const commandTimeoutMs = 10_000;

/** The machine itself. With `root`, every path is below that folder. */
export function createHost(options: { readonly root?: string } = {}): Host {
  const { root = '' } = options;
  const at = (path: string): string => (root === '' ? path : join(root, path));
  return {
    readText: (path) => orUndefined(readFile(at(path), 'utf8')),
    readHead: (path) => orUndefined(readHead(at(path))),
    list: async (path) => (await orUndefined(readdir(at(path)))) ?? [],
    info: (path) => fileInfo(at(path)),
    realPath: async (path) => {
      const real = await orUndefined(realpath(at(path)));
      return real?.startsWith(root) === true ? real.slice(root.length) : real;
    },
    linkTarget: (path) => orUndefined(readlink(at(path))),
    isExecutable: async (path) => {
      const info = await fileInfo(at(path));
      return info?.kind === 'file' && (await isAccessible(at(path), constants.X_OK));
    },
    isReadable: async (path) => {
      const info = await fileInfo(at(path));
      return info === undefined ? undefined : await isAccessible(at(path), constants.R_OK);
    },
    writeText: async (path, text, { mode = 0o644 } = {}) => {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), text, { mode });
    },
    symlink: async (target, path) => {
      await mkdir(dirname(at(path)), { recursive: true });
      await rm(at(path), { force: true });
      await symlink(target, at(path));
    },
    makeFifo: async (path) => {
      const { runCommand } = await import('./run-command.ts');
      const { exitCode, stderr } = await runCommand('mkfifo', ['-m', '700', at(path)], {});
      if (exitCode !== 0) throw new Error(stderr);
    },
    remove: (path) => rm(at(path), { recursive: true, force: true }),
    accepts: (path) => acceptsConnections(at(path)),
    run: async (path, args, runOptions = {}) => {
      const { runCommand } = await import('./run-command.ts');
      return await runCommand(at(path), args, { timeoutMs: commandTimeoutMs, ...runOptions });
    },
  };
}

const headBytes = 65_536;

async function readHead(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch {
    // Missing and unreadable look the same to whoever only wants to know what is there.
    return undefined;
  }
}

async function isAccessible(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

async function fileInfo(path: string): Promise<FileInfo | undefined> {
  const followed = await orUndefined(stat(path));
  const stats = followed ?? (await orUndefined(lstat(path)));
  if (stats === undefined) return undefined;
  return {
    kind: followed === undefined ? 'dangling' : kindOf(stats),
    mode: stats.mode & 0o7777,
    modifiedAt: stats.mtime,
  };
}

function kindOf(stats: Stats): FileKind {
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? 'file' : 'device';
}

function acceptsConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(connectTimeoutMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
