import { mkdtemp, rm, rmdir, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandshimError } from './errors.ts';

/** A private folder for one call's files, made when the first path is asked for and removed with all that is in it. */
export class Scratch implements AsyncDisposable {
  #folder: Promise<string> | undefined;
  readonly #paths: string[] = [];

  /** @throws SandshimError `unavailable` if the folder cannot be made. */
  async path(name: string): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'runsc-client-'));
    const folder = await this.#folder.catch((cause: unknown) => {
      throw new SandshimError('unavailable', `cannot make a folder in ${tmpdir()}`, { cause });
    });
    const path = join(folder, name);
    this.#paths.push(path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A folder that could not be made has already failed the call, and needs no removal.
    const folder = await this.#folder?.catch(() => undefined);
    if (folder === undefined) return;
    // Known files first: Node's removal of a tree takes longer than all the rest of a call's files.
    await Promise.allSettled(this.#paths.map((path) => unlink(path)));
    await rmdir(folder).catch(() => rm(folder, { recursive: true, force: true }));
  }
}
