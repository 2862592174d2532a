import { type IoEndpoints, openClientFifos } from '@sandshim/io';
import { SandshimError } from '@sandshim/runsc-client';
import { dateFromTimestamp, type WaitResponse } from '@sandshim/shim-server/api';
import type { Cli } from '../program/cli.ts';
import type { TaskClient } from '../tasks/task-client.ts';
import { bounded, within } from './bounded.ts';
import { forwardSignals } from './forward-signals.ts';
import { type ConnectedInput, connectInput } from './input.ts';
import { type ConnectedOutputs, connectOutputs } from './outputs.ts';
import { rawTerminal } from './raw-terminal.ts';

/** How a session came to its end. */
export type SessionEnd =
  | { readonly kind: 'exited'; readonly status: number; readonly exitedAt: Date }
  /** The keys for it were typed: the process goes on. */
  | { readonly kind: 'detached' }
  | { readonly kind: 'timed-out' }
  /** The reader of our stdout has gone: nobody wants what the process says. */
  | { readonly kind: 'unread' };

export interface SessionOptions {
  /** Gives the shim, in which the process is known; called once our side of its io exists. The caller owns it. */
  readonly connect: () => Promise<TaskClient>;
  /** Empty for the init process. */
  readonly execId: string;
  readonly endpoints: IoEndpoints;
  /** Starts the process; absent when it runs. */
  readonly start?: (client: TaskClient) => Promise<unknown>;
  /** Removes the ended process, which also drains its io; absent when it is to stay. */
  readonly remove?: (client: TaskClient, exit: Extract<SessionEnd, { kind: 'exited' }>) => Promise<unknown>;
  /** Ends a process whose time is up, or to which nobody listens, while its output is still taken; absent when it may go on. */
  readonly abandon?: (client: TaskClient) => Promise<unknown>;
  readonly timeoutMs?: number | undefined;
  /** Sees everything that the process says. */
  readonly onOutput?: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => void) | undefined;
}

const forever = 2_000_000_000;
// Output of a process that has ended and been drained is in the fifo already; what then is still open is not ours to wait for.
const outputEndMs = 1000;

/**
 * Connects this command's own stdin, stdout, stderr, signals and window size with a process, until the process has ended or is left. The
 * terminal is raw meanwhile if the process has one, and is restored however this ends.
 */
export async function runSession(cli: Cli, options: SessionOptions): Promise<SessionEnd> {
  const { execId, endpoints } = options;
  const { terminal } = endpoints;
  const { openSys } = await import('@sandshim/io/sys');
  using fifos = openClientFifos(endpoints, { sys: await openSys() });
  const connected = options.connect();
  using outputs = connectOutputs(cli, { fifos, onOutput: options.onOutput, created: connected });
  const started = Promise.withResolvers<TaskClient>();
  started.promise.catch(() => undefined);
  using _signals = forwardSignals(cli, { started: started.promise, execId, terminal });
  const client = await connected;
  const { id } = client.task;
  const exited = client.rpc.wait({ id, execId }, { timeoutMs: forever });
  // Whoever awaits it below hears of its failure; until then it must not end this process.
  exited.catch(() => undefined);
  using _raw = rawTerminal(cli, terminal && fifos.stdin !== undefined);
  await options.start?.(client);
  started.resolve(client);
  using input = connectInput(cli, {
    to: fifos.stdin,
    terminal,
    onEnd: () => void client.rpc.closeIO({ id, execId, stdin: true }).catch(() => undefined),
  });
  const end = await firstOf({ exited, outputs, input, timeoutMs: options.timeoutMs });
  if (end.kind === 'timed-out' || end.kind === 'unread') await options.abandon?.(client);
  if (end.kind !== 'exited') return end;
  await options.remove?.(client, end).catch((error: unknown) => {
    // The process has ended, which is what counts; what is left of it goes with the container.
    if (!SandshimError.is(error)) throw error;
  });
  await within(outputEndMs, outputs.ended);
  return end;
}

async function firstOf(race: {
  readonly exited: Promise<WaitResponse>;
  readonly outputs: ConnectedOutputs;
  readonly input: ConnectedInput;
  readonly timeoutMs: number | undefined;
}): Promise<SessionEnd> {
  const { exited, outputs, input, timeoutMs } = race;
  const first = Promise.race<SessionEnd>([
    exited.then(exitOf),
    input.detached.then(() => ({ kind: 'detached' })),
    outputs.unread.then(() => ({ kind: 'unread' })),
  ]);
  return timeoutMs === undefined ? await first : await bounded(timeoutMs, first, () => ({ kind: 'timed-out' }));
}

function exitOf({ exitStatus, exitedAt }: WaitResponse): SessionEnd {
  return { kind: 'exited', status: exitStatus, exitedAt: dateFromTimestamp(exitedAt) ?? new Date() };
}
