import type { ProcessIo } from '@sandshim/io';
import type { CallOptions, Pid } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';
import type { ReaperMark } from '../reaper/reaper.ts';
import { type ContainerContext, connections, type RuntimeEnds } from './context.ts';
import { initPidFile, readPidFile, removePidFiles } from './pid-file.ts';
import { podContainerExit } from './pod-exit.ts';

/** An init process that its runtime has made. */
export interface MadeInit {
  /** Host pid; for runsc of the sandbox, which all containers of a pod share. */
  readonly pid: Pid;
  readonly since: ReaperMark;
  /** How `pid` ends. */
  readonly hostExit: Promise<ProcessExit>;
}

/** How an init process is made, started, killed and removed below a runtime. */
export interface InitRuntime {
  create(io: ProcessIo, call: CallOptions & { readonly userLog?: string }): Promise<MadeInit>;
  start(io: ProcessIo, call: CallOptions): Promise<void>;
  /** Makes and starts it from a checkpoint, in one. */
  restore(io: RuntimeEnds, call: CallOptions & { readonly imagePath: string }): Promise<MadeInit>;
  /** How it ends. For a container in a pod's sandbox its wait is armed by this, so: once, after its start. */
  exit(init: MadeInit, signal: AbortSignal): Promise<ProcessExit>;
  /** @throws SandshimError `not_found` "process already finished" or "no such container" */
  kill(signal: number, options: CallOptions & { readonly all?: boolean }): Promise<void>;
  /** SIGKILL to every process of the container; failures are warnings. */
  killAll(call: CallOptions): Promise<void>;
  /** Ends a container that was created and not started. */
  killCreated(init: MadeInit, signal: number, call: CallOptions): Promise<void>;
  /** Removes it; nothing to remove is success. */
  delete(call: CallOptions): Promise<void>;
  /** Kills and removes what a failed creation left; failures are warnings. */
  deleteHard(call: CallOptions): Promise<void>;
}

export function initRuntime(context: ContainerContext): InitRuntime {
  const { id, bundle, options, sandboxRoot } = context;
  const { runtime, reaper } = context.deps;
  const inSandbox = runtime.name === 'runsc';
  const pidFile = initPidFile(bundle);
  const common = {
    ...{ bundle, pidFile },
    ...(options.noPivotRoot === undefined ? {} : { noPivot: options.noPivotRoot }),
    ...(options.noNewKeyring === undefined ? {} : { noNewKeyring: options.noNewKeyring }),
  };
  const made = async (make: () => Promise<unknown>): Promise<MadeInit> => {
    await removePidFiles(pidFile);
    const since = reaper.mark();
    await make();
    const pid = await readPidFile(pidFile);
    return { pid, since, hostExit: reaper.watch(pid, since) };
  };
  // runsc gives a container in a pod's sandbox its streams when it starts, all others when they are created.
  const stdioAtStart = inSandbox && !sandboxRoot;
  return {
    create: (io, call) => {
      const { stdio, ...console } = connections(io);
      const atCreate = stdioAtStart || stdio === undefined ? console : { ...console, stdio };
      return made(() => runtime.create(id, { ...common, ...atCreate, ...call }));
    },
    start: (io, call) => {
      const { stdio } = connections(io);
      return runtime.start(id, { ...call, ...(stdioAtStart && stdio !== undefined ? { stdio } : {}) });
    },
    restore: (io, call) =>
      made(async () => {
        const workPath = options.criuWorkPath;
        const { exitStatus } = await runtime.restore(id, {
          ...{ ...common, detach: true },
          ...(inSandbox || workPath === undefined ? {} : { workPath }),
          ...connections(io),
          ...call,
        });
        if (exitStatus !== 0) {
          throw new SandshimError('unknown', `${runtime.name} restore failed: exit status ${exitStatus}`);
        }
      }),
    exit: (init, signal) => (stdioAtStart ? podContainerExit(context, init, signal) : init.hostExit),
    kill: async (signal, { all = false, ...call }) => {
      // Restored processes of a sandbox still carry the id that they were saved under, so "all" of this id is none of
      // them; the init process is found, and takes the sandbox with it.
      const everyone = all && !(inSandbox && options.checkpoint);
      await runtime.kill(id, signal, { ...call, all: everyone }).catch((cause: unknown) => {
        const { code } = SandshimError.from(cause);
        throw code === 'not_found' || code === 'failed_precondition' ? finished(cause) : cause;
      });
    },
    killAll: async (call) => {
      await runtime.kill(id, 9, { ...call, all: true }).catch((cause: unknown) => {
        const { code } = SandshimError.from(cause);
        // Nothing left to kill is what it was called for.
        if (code !== 'not_found' && code !== 'failed_precondition') context.warn('cannot kill all processes', cause);
      });
    },
    killCreated: async (init, signal, call) => {
      if (!inSandbox) return runtime.kill(id, signal, call);
      // runsc signals no container that was not started. A sandbox of its own can be ended; in a pod's, it is removed.
      if (sandboxRoot) context.kill(init.pid, 9);
      else await runtime.delete(id, { ...call, force: true });
    },
    deleteHard: async (call) => {
      await runtime.delete(id, { ...call, force: true }).catch((cause: unknown) => {
        if (SandshimError.from(cause).code !== 'not_found') context.warn('cannot remove the container', cause);
      });
    },
    delete: async (call) => {
      try {
        await runtime.delete(id, call);
      } catch (first) {
        if (SandshimError.from(first).code === 'not_found') return;
        // What is left of a broken container only goes by force; the first failure says why.
        await runtime.delete(id, { ...call, force: true }).catch(() => {
          throw first;
        });
      }
    },
  };
}

function finished(cause: unknown): SandshimError {
  return new SandshimError('not_found', 'process already finished', { cause });
}
