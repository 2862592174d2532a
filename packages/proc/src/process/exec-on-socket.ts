import { SandshimError } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';
import { killedStatus } from '../reaper/exit-status.ts';
import type { ContainerContext } from './context.ts';
import { withTheSandbox } from './pod-exit.ts';
import type { SandboxExit, StartExecRequest, StartedExec } from './started-exec.ts';

/**
 * Starts an exec that no process on the host stands for, where the runtime can: a few milliseconds instead of many.
 * `undefined`: nothing was started.
 */
export async function startOnSocket(
  context: ContainerContext,
  { process, io: { stdio }, call }: StartExecRequest,
  sandbox: SandboxExit,
): Promise<StartedExec | undefined> {
  const { id, deps, now } = context;
  if (stdio === undefined) return undefined;
  const running = await deps.runtime.startExec?.(id, { process, stdio, ...call });
  if (running === undefined) return undefined;
  const listedPid = running.internalPid;
  return {
    pid: running.sandboxPid,
    listedPid,
    exit: running.exit.then(
      ({ exitStatus }) => ({ status: exitStatus, exitedAt: now() }),
      (error: unknown) => exitUntold(context, { listedPid, sandbox, error }),
    ),
    [Symbol.dispose]: () => running[Symbol.dispose](),
  };
}

/** The connection that was to tell the exit is gone: with the sandbox, or the runtime's command still knows. */
async function exitUntold(
  { id, deps, now, warn }: ContainerContext,
  of: { readonly listedPid: number; readonly sandbox: SandboxExit; readonly error: unknown },
): Promise<ProcessExit> {
  // Nobody waits any more.
  if (SandshimError.from(of.error).code === 'canceled') return new Promise(() => undefined);
  const waiting = new AbortController();
  const waited = deps.runtime.wait(id, { pid: of.listedPid, signal: waiting.signal }).then(
    ({ exitStatus }) => ({ status: exitStatus, exitedAt: now() }),
    (error: unknown) => {
      if (of.sandbox !== undefined) return of.sandbox.then(withTheSandbox);
      warn('the exit of an exec is not known', error);
      return { status: killedStatus, exitedAt: now() };
    },
  );
  try {
    return await Promise.race([waited, ...(of.sandbox === undefined ? [] : [of.sandbox.then(withTheSandbox)])]);
  } finally {
    waiting.abort();
  }
}
