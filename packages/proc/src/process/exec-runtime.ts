import type { CallOptions, ExecId } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import { settledWithin, timeIsUp } from '../lib/bounded.ts';
import type { ContainerContext } from './context.ts';
import { startByCommand } from './exec-by-command.ts';
import { startOnSocket } from './exec-on-socket.ts';
import { execInternalPidFile, execPidFile, removePidFiles } from './pid-file.ts';
import type { SandboxExit, StartExecRequest, StartedExec } from './started-exec.ts';

/** How execs are started and killed below a runtime. */
export interface ExecRuntime {
  start(request: StartExecRequest): Promise<StartedExec>;
  /** @throws SandshimError `not_found` "process already finished" */
  kill(process: StartedExec, signal: number, call: CallOptions): Promise<void>;
  /** SIGKILL, without an answer; for runsc to the host process and to the one in the sandbox. */
  killHard(process: StartedExec): void;
  /** Removes the files that `start` left. */
  forget(id: ExecId): Promise<void>;
}

/** For the container of `context`; `sandboxExit` is how its init's host process ends (for runsc: the sandbox). */
export function execRuntime(context: ContainerContext, sandboxExit: () => SandboxExit): ExecRuntime {
  const { runtime } = context.deps;
  const inSandbox = runtime.name === 'runsc';
  return {
    async start(request) {
      // The sandbox that it is started in: a checkpoint may put another in its place.
      const sandbox = sandboxExit();
      const started = await startOnSocket(context, request, sandbox);
      if (started !== undefined) return started;
      if (inSandbox && (await isOver(sandboxExit())))
        throw new SandshimError('failed_precondition', 'the sandbox has ended');
      return await startByCommand(context, request, sandbox);
    },
    async kill(process, signal, call) {
      if (!inSandbox) {
        if (!context.kill(process.pid, signal)) throw finished();
        return;
      }
      await runtime.kill(context.id, signal, { ...call, pid: process.listedPid }).catch((cause: unknown) => {
        const { code } = SandshimError.from(cause);
        throw code === 'not_found' || code === 'failed_precondition' ? finished(cause) : cause;
      });
    },
    killHard(process) {
      if (process.hostPid !== undefined) context.kill(process.hostPid, 9);
      if (!inSandbox) return;
      const call = { pid: process.listedPid, timeoutMs: context.limits.commandMs };
      // It may have ended; then there is nothing to kill.
      void runtime.kill(context.id, 9, call).catch(() => undefined);
    },
    forget: (id) => removePidFiles(execPidFile(context.bundle, id), execInternalPidFile(context.bundle, id)),
  };
}

/** A kill that meets hundreds of starts must not become as many commands, none of which finds a sandbox. */
async function isOver(sandbox: SandboxExit): Promise<boolean> {
  return sandbox !== undefined && (await settledWithin(sandbox, 0)) !== timeIsUp;
}

function finished(cause?: unknown): SandshimError {
  return new SandshimError('not_found', 'process already finished', { cause });
}
