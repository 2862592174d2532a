import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerId } from '../ids.ts';
import { parseSandboxRecord, type SandboxRecord } from './sandbox-record.ts';

interface ReadRecord {
  readonly path: string;
  /** Changes whenever runsc writes the file. */
  readonly stamp: string;
  readonly record: SandboxRecord | undefined;
}

/** The records of the containers below runsc's root folder, each read anew only when runsc has written it. */
export class SandboxRecords {
  readonly #root: string;
  readonly #read = new Map<ContainerId, ReadRecord>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * `undefined` where there is no such container, or none with a sandbox.
   * @throws for a file that is no such record; runsc rewrites it in place, so it may be half written.
   */
  async find(container: ContainerId): Promise<SandboxRecord | undefined> {
    const last = this.#read.get(container);
    const found = (last && (await this.#load(last.path, last))) ?? (await this.#search(container));
    if (found === undefined) this.#read.delete(container);
    else this.#read.set(container, found);
    return found?.record;
  }

  async #search(container: ContainerId): Promise<ReadRecord | undefined> {
    // A root container's own id is its sandbox's: no need to list the folder.
    const asRoot = await this.#load(join(this.#root, `${container}_sandbox:${container}.state`));
    if (asRoot !== undefined) return asRoot;
    const names = await readdir(this.#root).catch(absent);
    const name = names?.find((each) => each.startsWith(`${container}_sandbox:`) && each.endsWith('.state'));
    return name === undefined ? undefined : this.#load(join(this.#root, name));
  }

  async #load(path: string, last?: ReadRecord): Promise<ReadRecord | undefined> {
    // Asked before each call, of a file in memory: at once it takes a tenth of what a thread's answer takes.
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (status === undefined) return undefined;
    const stamp = `${status.ino}:${status.size}:${status.mtimeNs}:${status.ctimeNs}`;
    if (last?.stamp === stamp) return last;
    const text = await readFile(path, 'utf8').catch(absent);
    return text === undefined ? undefined : { path, stamp, record: parseSandboxRecord(JSON.parse(text)) };
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
