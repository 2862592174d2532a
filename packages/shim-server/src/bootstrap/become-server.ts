import { closeSync } from 'node:fs';
import { SandshimError } from '@sandshim/runsc-client';
import { closeInherited, type Descriptors } from './inherited-descriptors.ts';
import { type Equipment, equip, type Invocation } from './invocation.ts';
import type { ServerParts } from './serve.ts';
import type { Termination } from './signals.ts';
import { type Started, start } from './start.ts';
import type { StatusChannel } from './status-channel.ts';

/** What a start has besides its command line. */
export interface StartSituation {
  /** The process that asked for the start: containerd. */
  readonly callerPid: number;
  /** A descriptor of the start's stdin. */
  readonly stdin: number;
  readonly status: StatusChannel;
  /** What this process had open at its beginning. */
  readonly descriptors: Descriptors;
  readonly termination: Termination;
  /** What a spare has loaded already. */
  readonly parts?: ServerParts;
}

/** Makes this process the server that a start asks for: it listens, answers, and loads the rest afterwards. Ends the process. */
export async function becomeServer(invocation: Invocation, situation: StartSituation): Promise<never> {
  const { descriptors, termination, parts } = situation;
  const ready = await answer(invocation, situation);
  if (ready === undefined) process.exit(1);
  const { started, equipment } = ready;
  const { socket, ttrpcAddress, transport } = started;
  if (socket === undefined) process.exit(0);
  const { logger, config } = equipment;
  try {
    process.chdir('/');
    process.title = title(invocation);
    closeInherited(descriptors);
    const { serve } = await import('./serve.ts');
    const spare = config.spares > 0 && started.inPlace ? await nextSpare(invocation) : undefined;
    const { program, flags, env } = invocation;
    const reason = await serve({
      ...equipment,
      ...{ program, env, socket, ttrpcAddress, transport, termination },
      ...(parts && { parts }),
      namespace: flags.namespace,
    });
    logger.log('debug', `the shim leaves: ${reason}`);
    spare?.plant();
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

async function answer(invocation: Invocation, situation: StartSituation): Promise<Ready | undefined> {
  const { callerPid, stdin, status } = situation;
  let equipment: Equipment | undefined;
  try {
    equipment = await equip(invocation);
    const started = await start({ ...invocation, ...equipment, callerPid, stdin });
    status.succeed(started.reply);
    return { started, equipment };
  } catch (error) {
    const { message } = SandshimError.from(error);
    equipment?.logger.log('error', `start failed: ${message}`);
    status.fail(message);
    return undefined;
  } finally {
    if (stdin !== 0) closeSync(stdin);
  }
}

async function nextSpare(invocation: Invocation) {
  const { SparePlanter } = await import('../spare/plant-spare.ts');
  return new SparePlanter(invocation);
}

/** What ps shows: the shim's name and whom it serves, not Node and a path. */
function title({ program, flags }: Invocation): string {
  const [runtime = '', version = ''] = program.name.split('.').slice(-2);
  return `containerd-shim-${runtime}-${version} -namespace ${flags.namespace} -id ${flags.id} -address ${flags.address}`;
}
