import { SandshimError } from '@sandshim/runsc-client';
import { closeInherited, listDescriptors } from './inherited-descriptors.ts';
import { type Equipment, equip, type Invocation } from './invocation.ts';
import { awaitTermination } from './signals.ts';
import { type Started, start } from './start.ts';
import { launchedVariable, openStatusChannel } from './status-channel.ts';

/**
 * The start action. Under a launcher this very process becomes the server: it listens, answers, and loads the rest
 * afterwards. Without one it starts itself again, since containerd waits for the end of what it has started.
 */
export async function startServer(invocation: Invocation): Promise<void> {
  const launched = invocation.env[launchedVariable];
  if (launched === undefined) {
    const { relaunch } = await import('./relaunch.ts');
    const problem = await relaunch();
    if (problem !== undefined) throw new SandshimError('unknown', problem);
    return;
  }
  const descriptors = listDescriptors();
  const termination = awaitTermination();
  const ready = await answer(invocation, Number(launched));
  if (ready === undefined) process.exit(1);
  const { started, equipment } = ready;
  const { socket, ttrpcAddress, transport } = started;
  if (socket === undefined) process.exit(0);
  const { logger } = equipment;
  try {
    process.chdir('/');
    process.title = title(invocation);
    closeInherited(descriptors);
    const { serve } = await import('./serve.ts');
    const { program, flags, env } = invocation;
    const reason = await serve({
      ...equipment,
      ...{ program, env, socket, ttrpcAddress, transport, termination },
      namespace: flags.namespace,
    });
    logger.log('debug', `the shim leaves: ${reason}`);
    process.exit(0);
  } catch (error) {
    logger.log('error', `the shim cannot serve: ${SandshimError.from(error).message}`);
    socket[Symbol.dispose]();
    process.exit(1);
  }
}

interface Ready {
  readonly started: Started;
  readonly equipment: Equipment;
}

async function answer(invocation: Invocation, callerPid: number): Promise<Ready | undefined> {
  const status = openStatusChannel();
  let equipment: Equipment | undefined;
  try {
    equipment = await equip(invocation);
    const started = await start({ ...invocation, ...equipment, callerPid });
    status.succeed(started.reply);
    return { started, equipment };
  } catch (error) {
    const { message } = SandshimError.from(error);
    equipment?.logger.log('error', `start failed: ${message}`);
    status.fail(message);
    return undefined;
  }
}

/** What ps shows: the shim's name and whom it serves, not Node and a path. */
function title({ program, flags }: Invocation): string {
  const [runtime = '', version = ''] = program.name.split('.').slice(-2);
  return `containerd-shim-${runtime}-${version} -namespace ${flags.namespace} -id ${flags.id} -address ${flags.address}`;
}
