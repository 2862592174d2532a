import type { ShimProgram } from '../bootstrap/program.ts';
import type { RuntimeName } from '../options/runtime-options.ts';
import { readStartOptions } from './start-options.ts';

// containerd derives the binary from the name: containerd-shim-runsc-v1, containerd-shim-sandshim-runc-v2.
const names = {
  runsc: 'io.containerd.runsc.v1',
  runc: 'io.containerd.sandshim-runc.v2',
} as const satisfies Record<RuntimeName, string>;

/** sandshim's own shim; `runtime` is what it runs unless a container's options say otherwise. */
export function sandshimProgram(runtime: RuntimeName, version: string): ShimProgram {
  return {
    name: names[runtime],
    version,
    loadEngine: async () => {
      const { sandshimEngine } = await import('./sandshim-engine.ts');
      return sandshimEngine(runtime);
    },
    startOptions: (options, bundle) => readStartOptions(options, { runtime, bundle }),
  };
}
