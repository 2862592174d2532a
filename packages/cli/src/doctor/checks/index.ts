import type { Check } from '../check.ts';
import { bundlesCheck, logFifosCheck } from './bundles.ts';
import { cgroupCheck } from './cgroups.ts';
import { containerdCheck } from './containerd.ts';
import { containerdConfigCheck } from './containerd-config.ts';
import { kernelCheck, namespacesCheck, overlayCheck } from './kernel.ts';
import { networkCheck } from './network.ts';
import { nodeCheck } from './node.ts';
import { platformCheck } from './platform.ts';
import { privilegesCheck } from './privileges.ts';
import { runscTomlCheck } from './runsc-toml.ts';
import { runcCheck, runscCheck } from './runtimes.ts';
import { shimCheck } from './shim.ts';
import { socketsCheck } from './sockets.ts';

/** Every check, in the order in which a fault of one explains those of the next. */
export const checks: readonly Check[] = [
  nodeCheck,
  privilegesCheck,
  kernelCheck,
  namespacesCheck,
  overlayCheck,
  cgroupCheck,
  runscCheck,
  runcCheck,
  runscTomlCheck,
  platformCheck,
  networkCheck,
  containerdCheck,
  containerdConfigCheck,
  shimCheck,
  socketsCheck,
  bundlesCheck,
  logFifosCheck,
];
