import { randomBytes } from 'node:crypto';
import { SandshimError } from './errors.ts';
import { type ContainerId, parseContainerId } from './ids.ts';
import type { CallOptions, ProcessResult, Runtime } from './runtime.ts';
import type { RuntimeStdio } from './stdio.ts';

export interface RunBundleOptions extends CallOptions {
  /** Folder with config.json, as {@link createBundle} makes it. */
  readonly bundle: string;
  /** By default one that nobody has. */
  readonly id?: ContainerId;
  /** Without it the output is captured. */
  readonly stdio?: RuntimeStdio;
}

const deleteTimeoutMs = 30_000;

/**
 * Runs a bundle's process to its end, and leaves nothing behind: also when the signal aborts or the time is up, the
 * container is killed and deleted before the call fails.
 * @throws RuntimeCommandError if the container could not be run; a status other than 0 is a result.
 */
export async function run(runtime: Runtime, options: RunBundleOptions): Promise<ProcessResult> {
  const { id = parseContainerId(`run-${randomBytes(12).toString('hex')}`), ...runOptions } = options;
  try {
    return await runtime.run(id, runOptions);
  } catch (error) {
    // Somebody else's container stays as it is.
    const isOurs = !SandshimError.is(error) || error.code !== 'already_exists';
    // The failure of the run is what the caller has to know; forced, a delete also succeeds where nothing is left.
    if (isOurs) await runtime.delete(id, { force: true, timeoutMs: deleteTimeoutMs }).catch(() => undefined);
    throw error;
  }
}
