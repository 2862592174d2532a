import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { showContainer } from '../demo/show-container.ts';
import { NeedError } from '../lib/need-error.ts';
import { binFolder } from '../lib/paths.ts';
import { setUpMachine } from '../setup/machine.ts';
import { run as build } from './build.ts';

/** From nothing to a container inside gVisor, run by containerd through our shim. */
export async function run(): Promise<void> {
  await setUpMachine({ wanted: 'the demo', laterSuites: false });
  await build();
  if (!existsSync(join(binFolder, 'containerd-shim-runsc-v1'))) {
    throw new NeedError('the build has left no dist/bin/containerd-shim-runsc-v1');
  }
  await showContainer();
}
