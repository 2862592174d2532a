// A containerd shim for crun. Install it as `containerd-shim-crun-v1` on containerd's PATH, as a script that runs
// `node crun-shim.js "$@"`; then `ctr run --runtime io.containerd.crun.v1 …` uses it.
import { openProcessIo } from '@sandshim/io';
import { openSys } from '@sandshim/io/sys';
import { cleanUpContainer, createContainer, reapedSpawner, type SavedState } from '@sandshim/proc';
import { Runc } from '@sandshim/runsc-client';
import { runShim, type ShimEngine } from '@sandshim/shim-server';

/** Where crun keeps its state: apart for each of containerd's namespaces. */
const stateOf = (namespace: string): SavedState => ({
  runtime: 'runc',
  binary: 'crun',
  root: `/run/containerd/crun/${namespace}`,
});

const engine: ShimEngine = {
  createContainer: ({ namespace, sys, reaper, config, logger }, { options: _, ...request }, onEvent) => {
    const spawner = reapedSpawner(sys, reaper);
    const saved = stateOf(namespace);
    return createContainer(
      { ...request, namespace, saved },
      {
        runtime: new Runc({ command: saved.binary, root: saved.root, spawner }),
        sys,
        reaper,
        onEvent,
        openIo: (io) => openProcessIo(io, { sys, spawn: spawner }),
        limits: { drainMs: config.drainTimeoutMs },
        onWarning: (message) => logger.log('warn', message),
      },
    );
  },
  cleanUp: async ({ id, bundle, namespace }, logger) => {
    await cleanUpContainer(bundle, {
      id,
      sys: await openSys(),
      runtimeFor: (saved = stateOf(namespace)) => new Runc({ command: saved.binary, root: saved.root }),
      onWarning: (message) => logger.log('warn', message),
    });
  },
};

await runShim({ name: 'io.containerd.crun.v1', version: '1.0.0', loadEngine: async () => engine });
