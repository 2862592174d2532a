import type { Writable } from 'node:stream';

/** What progress needs of the command's surroundings. */
export interface ProgressDeps {
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

const patienceMs = 500;

/**
 * Runs `work` and, should it take more than half a second and stderr be a terminal, shows a spinner on stderr meanwhile. Leaves
 * the line clean whether `work` succeeds or fails.
 */
export async function withProgress<T>(deps: ProgressDeps, text: string, work: () => Promise<T>): Promise<T> {
  if (deps.stderr.isTTY !== true) return await work();
  let stop = (): void => undefined;
  let finished = false;
  const timer = setTimeout(async () => {
    const { default: createSpinner } = await import('yocto-spinner');
    if (finished) return;
    const spinner = createSpinner({ text, stream: deps.stderr }).start();
    stop = () => void spinner.stop();
  }, patienceMs);
  try {
    return await work();
  } finally {
    finished = true;
    clearTimeout(timer);
    stop();
  }
}
