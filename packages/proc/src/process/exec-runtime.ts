import type { ProcessIo } from '@sandshim/io';
import type { CallOptions, ExecId, OciProcess, Pid } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';
import { settledWithin, timeIsUp } from '../lib/bounded.ts';
import { killedStatus, sandboxGoneStatus } from '../reaper/exit-status.ts';
import { type ContainerContext, connections } from './context.ts';
import { execInternalPidFile, execPidFile, findPid, readPidFile, removePidFiles } from './pid-file.ts';
import { withTheSandbox } from './pod-exit.ts';

/** An exec that its runtime has started. Disposing of it ends what watches it. */
export interface StartedExec extends Disposable {
  /** To be told: its own or, for runsc, that of the `runsc exec` process that stands for it, else the sandbox's. */
  readonly pid: Pid;
  /** A process on the host that ends with it; absent where none stands for it. */
  readonly hostPid?: Pid;
  /** The pid that the runtime's `ps` lists: inside the sandbox for runsc, the host's for runc. */
  readonly listedPid: number;
  readonly exit: Promise<ProcessExit>;
}

export interface StartExecRequest {
  readonly id: ExecId;
  readonly process: OciProcess;
  readonly io: ProcessIo;
  readonly call: CallOptions;
}

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

// The connection to a sandbox breaks a moment before its process is a zombie.
const sandboxEndMs = 500;

/** For the container of `context`; `sandboxExit` is how its init's host process ends (for runsc: the sandbox). */
export function execRuntime(
  context: ContainerContext,
  sandboxExit: () => Promise<ProcessExit> | undefined,
): ExecRuntime {
  const { runtime, reaper } = context.deps;
  const inSandbox = runtime.name === 'runsc';
  const startByCommand = async ({ id, process, io, call }: StartExecRequest): Promise<StartedExec> => {
    const pidFile = execPidFile(context.bundle, id);
    const internalPidFile = execInternalPidFile(context.bundle, id);
    await removePidFiles(pidFile, internalPidFile);
    const since = reaper.mark();
    const sandbox = sandboxExit();
    try {
      const { exitStatus } = await runtime.exec(context.id, {
        ...{ process, pidFile, detach: true },
        ...(inSandbox ? { internalPidFile } : {}),
        ...connections(io),
        ...call,
      });
      if (exitStatus !== 0) {
        throw new SandshimError('unknown', `${runtime.name} exec failed: exit status ${exitStatus}, without a message`);
      }
      const pid = await readPidFile(pidFile);
      const exit = reaper.watch(pid, since);
      return {
        ...{ pid, hostPid: pid },
        listedPid: inSandbox ? await readPidFile(internalPidFile) : pid,
        exit: inSandbox ? exit.then((ended) => ofSandbox(ended, sandbox)) : exit,
        [Symbol.dispose]: () => undefined,
      };
    } catch (error) {
      const left = await findPid(pidFile);
      if (left !== undefined && reaper.exitOf(left, since) === undefined) context.kill(left, 9);
      await removePidFiles(pidFile, internalPidFile);
      throw error;
    }
  };
  return {
    start: async (request) => (await startOnSocket(context, request, sandboxExit())) ?? startByCommand(request),
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

/** Without a process on the host, where the runtime can: a few milliseconds instead of many. */
async function startOnSocket(
  { id, deps: { runtime }, now }: ContainerContext,
  { process, io: { stdio }, call }: StartExecRequest,
  sandbox: Promise<ProcessExit> | undefined,
): Promise<StartedExec | undefined> {
  if (stdio === undefined) return undefined;
  const running = await runtime.startExec?.(id, { process, stdio, ...call });
  if (running === undefined) return undefined;
  return {
    pid: running.sandboxPid,
    listedPid: running.internalPid,
    exit: running.exit.then(
      ({ exitStatus }) => ({ status: exitStatus, exitedAt: now() }),
      // The sandbox ended without telling, or nobody asks any more.
      async () => withTheSandbox((await sandbox) ?? { status: killedStatus, exitedAt: now() }),
    ),
    [Symbol.dispose]: () => running[Symbol.dispose](),
  };
}

/** `runsc exec` says 128 when the sandbox went away below it: then the exec was killed with it. */
async function ofSandbox(exit: ProcessExit, sandbox: Promise<ProcessExit> | undefined): Promise<ProcessExit> {
  if (exit.status !== sandboxGoneStatus || sandbox === undefined) return exit;
  const gone = (await settledWithin(sandbox, sandboxEndMs)) !== timeIsUp;
  return gone ? { ...exit, status: killedStatus } : exit;
}

function finished(cause?: unknown): SandshimError {
  return new SandshimError('not_found', 'process already finished', { cause });
}
