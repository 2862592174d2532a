import { openProcessIo } from '@sandshim/io';
import { type Container, type ContainerEvent, createContainer, reapedSpawner, sandboxLogs } from '@sandshim/proc';
import { SandboxVersions } from '@sandshim/runsc-client/control';
import { readAnnotations } from '../bootstrap/bundle-spec.ts';
import type { ShimEngine, ShimHost } from '../bootstrap/program.ts';
import { loadRuntimeOptions } from '../options/load-runtime-options.ts';
import type { RuntimeName } from '../options/runtime-options.ts';
import type { ContainerRequest } from '../task/task-context.ts';
import { cleanUp } from './clean-up.ts';
import { controlled } from './controlled.ts';
import { explainSilence } from './explain-silence.ts';
import { runtimeFeatures } from './features.ts';
import { makeFlagFolders, makeRuntime, runtimeState } from './make-runtime.ts';

/** Containers of runsc and runc. `runtime` is what the shim's name says. */
export function sandshimEngine(runtime: RuntimeName): ShimEngine {
  const versions = new SandboxVersions();
  return {
    createContainer: (host, request, onEvent) => create(host, { request, runtime, versions, onEvent }),
    cleanUp: (remains, logger) => cleanUp(remains, { runtime, logger }),
    features: (any) => runtimeFeatures(loadRuntimeOptions(any, { runtime, bundle: '/', warn: () => undefined })),
  };
}

interface Wanted {
  readonly request: ContainerRequest;
  readonly runtime: RuntimeName;
  readonly versions: SandboxVersions;
  readonly onEvent: (event: ContainerEvent) => void;
}

function create(host: ShimHost, { request, runtime, versions, onEvent }: Wanted): Promise<Container> {
  const { namespace, sys, reaper, logger } = host;
  const { options: any, ...asked } = request;
  const { id, bundle } = request;
  const warn = (message: string): void => logger.log('warn', message, { id });
  const warnings: string[] = [];
  const options = loadRuntimeOptions(any, { runtime, bundle, warn: (message) => warnings.push(message) });
  const saved = runtimeState(options, { id, namespace });
  makeFlagFolders(saved);
  if (options.logLevel !== undefined) logger.admit(options.logLevel);
  if (options.logPath !== '') host.mirrorLog(options.logPath, id);
  for (const warning of warnings) warn(warning);
  // Before that a client may not know the task yet, to close its stdin. An exec is opened when it starts, so later.
  const started = Promise.withResolvers<void>();
  const panicLog = sandboxLogs({ annotations: readAnnotations(bundle) })?.panicLog;
  const spawner = reapedSpawner(sys, reaper);
  const { ioUid, ioGid, noPivotRoot, noNewKeyring, criuWorkPath } = options;
  const client = controlled(makeRuntime(saved, { bundle, panicLog, spawner }), { host, saved, spawner, versions });
  return createContainer(
    {
      ...asked,
      ...{ namespace, saved, ioUid, ioGid, noPivotRoot, noNewKeyring },
      ...(criuWorkPath === '' ? {} : { criuWorkPath }),
    },
    {
      runtime: client,
      ...{ sys, reaper },
      onEvent: (event) => {
        if (event.type === 'start') started.resolve();
        onEvent(event);
      },
      openIo: (io) => openProcessIo({ ...io, inputAfter: started.promise }, { sys, spawn: spawner }),
      limits: { drainMs: host.config.drainTimeoutMs },
      onWarning: (message, cause) => warn(`${message}: ${String(cause)}`),
    },
  ).catch(async (error: unknown) => {
    throw await explainSilence(error, client);
  });
}
