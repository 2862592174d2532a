import { SandshimError } from '@sandshim/runsc-client';
import { becomeServer } from './become-server.ts';
import { listDescriptors } from './inherited-descriptors.ts';
import type { Invocation } from './invocation.ts';
import { awaitTermination } from './signals.ts';
import { launchedVariable, openStatusChannel } from './status-channel.ts';

/**
 * The start action. Under a launcher this very process becomes the server. Without one it starts itself again, since
 * containerd waits for the end of what it has started.
 */
export async function startServer(invocation: Invocation): Promise<void> {
  const launched = invocation.env[launchedVariable];
  if (launched === undefined) {
    const { relaunch } = await import('./relaunch.ts');
    const problem = await relaunch();
    if (problem !== undefined) throw new SandshimError('unknown', problem);
    return;
  }
  await becomeServer(invocation, {
    ...{ descriptors: listDescriptors(), termination: awaitTermination() },
    ...{ callerPid: Number(launched), stdin: 0, status: openStatusChannel() },
  });
}
