import type { Pid } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';
import { settledWithin, timeIsUp } from '../lib/bounded.ts';
import { killedStatus } from '../reaper/exit-status.ts';
import type { ContainerContext } from './context.ts';

// runsc's wait fails a moment before the sandbox's process is reaped; if it is not, the wait is tried again after these,
// then ever after the last.
const retryMs = [500, 1_000, 5_000];

/**
 * How a started container in a pod's sandbox ends: as `runsc wait` says, which also knows it afterwards. With the sandbox
 * itself it is killed: then its status is SIGKILL's, or of the signal that ended the sandbox. An abort leaves the answer
 * open.
 */
export async function podContainerExit(
  context: ContainerContext,
  sandbox: { readonly pid: Pid; readonly hostExit: Promise<ProcessExit> },
  signal: AbortSignal,
): Promise<ProcessExit> {
  const ended = sandbox.hostExit.then(withTheSandbox);
  for (let attempt = 0; ; attempt += 1) {
    const exit = await Promise.race([ended, waited(context, signal)]);
    if (exit !== undefined) return exit;
    // Nobody waits any more.
    if (signal.aborted) return new Promise(() => undefined);
    const gone = await settledWithin(ended, retryMs[Math.min(attempt, retryMs.length - 1)] ?? 0);
    if (gone !== timeIsUp) return gone;
  }
}

/** A sandbox that ends by itself, as its root container does, kills the others in it. */
export function withTheSandbox(sandbox: ProcessExit): ProcessExit {
  return { ...sandbox, status: sandbox.status > 128 && sandbox.status < 128 + 65 ? sandbox.status : killedStatus };
}

async function waited(context: ContainerContext, signal: AbortSignal): Promise<ProcessExit | undefined> {
  try {
    const { exitStatus } = await context.deps.runtime.wait(context.id, { signal });
    return { status: exitStatus, exitedAt: context.now() };
  } catch (error) {
    if (!signal.aborted) context.warn('cannot wait for the container', error);
    return undefined;
  }
}
