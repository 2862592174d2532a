import { SandshimError } from '@sandshim/runsc-client';
import type { ProcessExit } from '../container.ts';
import { pause, settledWithin, timeIsUp } from '../lib/bounded.ts';
import { killedStatus, sandboxGoneStatus } from '../reaper/exit-status.ts';
import { type ContainerContext, connections } from './context.ts';
import { execInternalPidFile, execPidFile, findPid, readPidFile, removePidFiles } from './pid-file.ts';
import type { SandboxExit, StartExecRequest, StartedExec } from './started-exec.ts';

/** Starts an exec by the runtime's own command. A process on the host stands for it; what a failure leaves is killed. */
export async function startByCommand(
  context: ContainerContext,
  request: StartExecRequest,
  sandbox: SandboxExit,
): Promise<StartedExec> {
  const files = [execPidFile(context.bundle, request.id), execInternalPidFile(context.bundle, request.id)] as const;
  const { reaper, runtime } = context.deps;
  await removePidFiles(...files);
  const since = reaper.mark();
  try {
    const inSandbox = runtime.name === 'runsc';
    if (inSandbox && [context.id, ...files].some((word) => word.includes('detach'))) {
      return await startAttached(context, request, sandbox);
    }
    await execDetached(context, request);
    const pid = await readPidFile(files[0]);
    const exit = reaper.watch(pid, since);
    return {
      ...{ pid, hostPid: pid },
      listedPid: inSandbox ? await readPidFile(files[1]) : pid,
      exit: inSandbox ? exit.then((ended) => ofSandbox(ended, sandbox)) : exit,
      [Symbol.dispose]: () => undefined,
    };
  } catch (error) {
    const left = await findPid(files[0]);
    if (left !== undefined && reaper.exitOf(left, since) === undefined) context.kill(left, 9);
    await removePidFiles(...files);
    throw error;
  }
}

async function execDetached({ id, bundle, deps }: ContainerContext, request: StartExecRequest): Promise<void> {
  const { runtime } = deps;
  const { exitStatus } = await runtime.exec(id, {
    ...{ process: request.process, pidFile: execPidFile(bundle, request.id), detach: true },
    ...(runtime.name === 'runsc' ? { internalPidFile: execInternalPidFile(bundle, request.id) } : {}),
    ...connections(request.io),
    ...request.call,
  });
  if (exitStatus !== 0) {
    throw new SandshimError('unknown', `${runtime.name} exec failed: exit status ${exitStatus}, without a message`);
  }
}

const pollMs = 5;

/**
 * A detached `runsc exec` starts itself anew without every argument that has "detach" in it, a container's id too. Attached,
 * its command lasts as long as the process, which runs once the pid file is there.
 */
async function startAttached(
  { id, bundle, deps, now, limits }: ContainerContext,
  request: StartExecRequest,
  sandbox: SandboxExit,
): Promise<StartedExec> {
  const pidFile = execPidFile(bundle, request.id);
  const internalPidFile = execInternalPidFile(bundle, request.id);
  const starting = new AbortController();
  const { process, io, call } = request;
  const command = deps.runtime.exec(id, {
    process,
    pidFile,
    internalPidFile,
    ...connections(io),
    signal: starting.signal,
  });
  const ended = command.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const deadline = Date.now() + (call.timeoutMs ?? limits.commandMs);
  for (;;) {
    const pid = await findPid(pidFile);
    if (pid !== undefined) {
      const exit = command.then(
        ({ exitStatus }) => ({ status: exitStatus, exitedAt: now() }),
        () => ({ status: sandboxGoneStatus, exitedAt: now() }),
      );
      return {
        ...{ pid, hostPid: pid, listedPid: await readPidFile(internalPidFile) },
        exit: exit.then((it) => ofSandbox(it, sandbox)),
        [Symbol.dispose]: () => undefined,
      };
    }
    const failed = await settledWithin(ended, pollMs);
    if (failed !== timeIsUp && failed !== undefined) throw failed.error;
    if (Date.now() > deadline || call.signal?.aborted) {
      starting.abort();
      const code = call.signal?.aborted ? 'canceled' : 'deadline_exceeded';
      throw new SandshimError(code, `runsc exec did not start ${request.id}`);
    }
    if (failed === undefined) await pause(pollMs);
  }
}

// The connection to a sandbox breaks a moment before its process is a zombie.
const sandboxEndMs = 500;

/** `runsc exec` says 128 when the sandbox went away below it: then the exec was killed with it. */
async function ofSandbox(exit: ProcessExit, sandbox: SandboxExit): Promise<ProcessExit> {
  if (exit.status !== sandboxGoneStatus || sandbox === undefined) return exit;
  const gone = (await settledWithin(sandbox, sandboxEndMs)) !== timeIsUp;
  return gone ? { ...exit, status: killedStatus } : exit;
}
