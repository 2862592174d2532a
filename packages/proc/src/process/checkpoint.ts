import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sys } from '@sandshim/io/sys';
import type { CallOptions, Fd, Pid, Runtime, RuntimeStdio } from '@sandshim/runsc-client';
import { SandshimError } from '@sandshim/runsc-client';
import type { CheckpointRequest } from '../container.ts';
import { settledWithin } from '../lib/bounded.ts';
import type { ContainerContext } from './context.ts';
import type { InitProcess } from './init-process.ts';
import type { InitRuntime } from './init-runtime.ts';
import { findDescriptors, type StreamIdentities } from './stream-identity.ts';

export interface Checkpointer {
  readonly context: ContainerContext;
  readonly init: InitProcess;
  readonly runtime: InitRuntime;
  /** What the init process's streams are. */
  readonly identities: StreamIdentities;
}

/** Writes a checkpoint of the container. In the init process's turn. */
export async function checkpoint(of: Checkpointer, request: CheckpointRequest, call: CallOptions): Promise<void> {
  const { context } = of;
  const { runtime } = context.deps;
  const { path: imagePath, ...options } = request;
  if (runtime.name === 'runc') {
    const workPath = request.workPath ?? context.options.criuWorkPath ?? join(context.bundle, 'work');
    try {
      await runtime.checkpoint(context.id, { ...options, ...call, imagePath, workPath });
    } catch (error) {
      // criu's own log says more than runc, and its folder goes with the container. There may be none.
      await copyFile(join(workPath, 'dump.log'), join(context.bundle, 'criu-dump.log')).catch(() => undefined);
      throw error;
    }
    return;
  }
  const { leaveRunning } = request;
  if (!leaveRunning || (await leavesRunning(runtime, call))) {
    await runtime.checkpoint(context.id, { ...call, imagePath, leaveRunning });
  } else {
    await checkpointAndRestore(of, imagePath, call);
  }
}

// The first release that is known to go on in the same sandbox.
const firstThatLeavesRunning = 20_240_729;

/** The runsc of before ends the sandbox, and its command stays with the container that it makes anew. */
async function leavesRunning(runtime: Runtime, call: CallOptions): Promise<boolean> {
  const { version } = await runtime.version(call);
  const release = /\d{8}/.exec(version)?.[0];
  return release !== undefined && Number(release) >= firstThatLeavesRunning;
}

/** What such a runsc cannot do in place: the container is restored at once, in a new sandbox, with the same streams. */
async function checkpointAndRestore(of: Checkpointer, imagePath: string, call: CallOptions): Promise<void> {
  const { context, init, runtime } = of;
  const { made } = init;
  if (made === undefined || !context.sandboxRoot || context.options.terminal) {
    const text =
      'this runsc cannot leave a container running that has a terminal or is in a pod: checkpoint it with exit';
    throw new SandshimError('unimplemented', text);
  }
  const { sys } = context.deps;
  using owner = new DisposableStack();
  const stdio = await duplicateStreams(made.pid, { identities: of.identities, sys, owner });
  await init.replace(async () => {
    await context.deps.runtime.checkpoint(context.id, { ...call, imagePath, leaveRunning: false });
    await settledWithin(made.hostExit, context.limits.commandMs);
    await context.deps.runtime.delete(context.id, call);
    return runtime.restore({ stdio, consoleSocket: undefined }, { ...call, imagePath });
  });
}

/** Duplicates of the streams that a sandbox has for its root container, which outlive it. */
async function duplicateStreams(
  sandbox: Pid,
  {
    identities,
    sys,
    owner,
  }: {
    readonly identities: StreamIdentities;
    readonly sys: Pick<Sys, 'pidfdOpen' | 'pidfdDescriptor' | 'close'>;
    readonly owner: DisposableStack;
  },
): Promise<RuntimeStdio> {
  const found = await findDescriptors(sandbox, identities);
  const pidfd = sys.pidfdOpen(sandbox);
  owner.defer(() => sys.close(pidfd));
  const duplicate = (number: number | undefined): Fd | null => {
    if (number === undefined) return null;
    const fd = sys.pidfdDescriptor(pidfd, number);
    owner.defer(() => sys.close(fd));
    return fd;
  };
  return { stdin: duplicate(found.stdin), stdout: duplicate(found.stdout), stderr: duplicate(found.stderr) };
}
