import { statSync } from 'node:fs';
import type { Spawner } from '../spawner.ts';
import { askRunscVersion, type RunscVersion } from './runsc-version.ts';

/** The versions of the binaries that sandboxes run, each asked for once. One may serve all runtimes of a program. */
export class SandboxVersions {
  readonly #versions = new Map<string, Promise<RunscVersion | undefined>>();

  /**
   * By the file that the sandbox executes: it stays the same file when another runsc is installed in its place.
   * `undefined` where the binary does not tell. Rejects when there is no such process.
   */
  async of(sandboxPid: number, spawner: Spawner | undefined): Promise<RunscVersion | undefined> {
    const executable = `/proc/${sandboxPid}/exe`;
    const { dev, ino, mtimeMs } = statSync(executable);
    const key = `${dev}:${ino}:${mtimeMs}`;
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const asked = askRunscVersion(executable, { spawner });
    this.#versions.set(key, asked);
    const version = await asked;
    if (version === undefined) this.#versions.delete(key);
    return version;
  }
}
