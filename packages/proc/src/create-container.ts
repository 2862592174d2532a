import { SandshimError } from '@sandshim/runsc-client';
import type { Container } from './container.ts';
import type { CreateContainerOptions, ProcDeps } from './create-options.ts';
import { OciContainer } from './oci-container.ts';
import { type ContainerContext, callOptions, defaultLimits } from './process/context.ts';
import { initRuntime } from './process/init-runtime.ts';
import type { CreatedState } from './process/init-state.ts';
import { ProcessStreams } from './process/process-streams.ts';
import { signalProcess } from './process/signal-process.ts';
import { mountRootfs, requireRootfs, rootfsOf, unmountBelow } from './rootfs/rootfs.ts';
import { saveState } from './saved-state.ts';
import { containerType } from './spec/container-type.ts';
import { prepareGvisorSpec } from './spec/gvisor-spec.ts';
import { hasPrivatePidNamespace, readSpec } from './spec/read-spec.ts';
import { sandboxLogs } from './spec/sandbox-logs.ts';

/**
 * Makes a container out of a bundle: mounts its rootfs, opens its io, has the runtime create it. Its init process waits
 * for `start`. Everything is undone if a step fails. With `checkpoint` the runtime makes it only at its start.
 * @throws SandshimError `invalid_argument` for a config.json that is no spec, else what the failing step throws
 */
export async function createContainer(options: CreateContainerOptions, deps: ProcDeps): Promise<Container> {
  const { id, bundle } = options;
  const loaded = await readSpec(bundle);
  const type = containerType(loaded.spec);
  const inSandbox = deps.runtime.name === 'runsc';
  const spec = inSandbox ? await prepareGvisorSpec(loaded, { bundle, type }) : loaded.spec;
  const sandboxRoot = !inSandbox || type.kind === 'sandbox-root';
  const now = deps.now ?? (() => new Date());
  const context: ContainerContext = {
    ...{ id, bundle, options, deps, sandboxRoot, now },
    kill: deps.kill ?? signalProcess,
    limits: { ...defaultLimits, ...deps.limits },
    ...(spec.linux?.cgroupsPath === undefined ? {} : { cgroupsPath: spec.linux.cgroupsPath }),
    endsWithInit: inSandbox ? sandboxRoot : hasPrivatePidNamespace(spec),
    emit: (event) => deps.onEvent(event),
    warn: (message, cause) => deps.onWarning?.(`${id}: ${message}`, cause),
  };
  const runtime = initRuntime(context);
  const call = callOptions(context, options);

  await using undo = new AsyncDisposableStack();
  if (options.saved !== undefined) await saveState(bundle, options.saved);
  await mountRootfs(bundle, { mounts: options.rootfs ?? [], sys: deps.sys });
  undo.defer(() => unmountBelow(rootfsOf(bundle), deps.sys));
  await requireRootfs(spec);
  const streams = new ProcessStreams();
  streams.opened(await openIo(context));
  undo.defer(() => streams.close());

  const state = await begin();
  const container = new OciContainer({ context, runtime, streams, state });
  await container.ready();
  undo.move();
  context.emit({ type: 'create', container: id, pid: state.status === 'created' ? state.made.pid : undefined });
  return container;

  async function begin(): Promise<CreatedState> {
    if (options.checkpoint !== undefined) return { status: 'createdCheckpoint', checkpoint: options.checkpoint };
    const { io } = streams;
    if (io === undefined) throw new SandshimError('internal', 'the io of the init process is not open');
    const userLog = inSandbox && sandboxRoot ? sandboxLogs(spec)?.userLog : undefined;
    let ours = true;
    undo.defer(() => (ours ? runtime.deleteHard({ timeoutMs: context.limits.commandMs }) : undefined));
    const made = await runtime.create(io, { ...call, ...(userLog && { userLog }) }).catch((error: unknown) => {
      // Another container of this id must not go for our failure.
      ours = SandshimError.from(error).code !== 'already_exists';
      throw error;
    });
    // A container in a pod's sandbox gets its streams at its start, but its terminal now.
    if (sandboxRoot || options.terminal) await streams.started(call);
    return { status: 'created', made };
  }
}

function openIo({ id, options, deps }: ContainerContext) {
  const { namespace, stdin, stdout, stderr, terminal, ioUid, ioGid, signal } = options;
  return deps.openIo({
    ...{ id, namespace, stdin, stdout, stderr, terminal },
    ...(ioUid === undefined ? {} : { uid: ioUid }),
    ...(ioGid === undefined ? {} : { gid: ioGid }),
    ...(signal === undefined ? {} : { signal }),
  });
}
