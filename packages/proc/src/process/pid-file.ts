import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecId, Pid } from '@sandshim/runsc-client';
import { parsePid, SandshimError } from '@sandshim/runsc-client';

/** The runtime writes the init process's pid here; for runsc, the sandbox's. */
export function initPidFile(bundle: string): string {
  return join(bundle, 'init.pid');
}

/** The runtime writes an exec's host pid here. */
export function execPidFile(bundle: string, exec: ExecId): string {
  return join(bundle, `${exec}.pid`);
}

/** runsc writes an exec's pid inside the sandbox here. */
export function execInternalPidFile(bundle: string, exec: ExecId): string {
  return join(bundle, `${exec}-internal.pid`);
}

/** @throws SandshimError `internal` if there is none or it holds no pid */
export async function readPidFile(file: string): Promise<Pid> {
  try {
    const text = await readFile(file, 'utf8');
    return parsePid(/^[0-9]+$/.test(text.trim()) ? Number(text) : text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SandshimError('internal', `the runtime left no pid in ${file}: ${why}`, { cause });
  }
}

/** The pid in `file`, if there is one. */
export async function findPid(file: string): Promise<Pid | undefined> {
  return readPidFile(file).catch(() => undefined);
}

export async function removePidFiles(...files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => unlink(file).catch(unlessAbsent)));
}

function unlessAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
