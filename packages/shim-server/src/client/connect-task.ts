import { SandshimError } from '@sandshim/runsc-client';
import { TaskDefinition as TaskV2Definition } from '../api/gen/containerd/task/v2/task.ts';
import { TaskDefinition as TaskV3Definition } from '../api/gen/containerd/task/v3/task.ts';
import { createClient, type ServiceClient } from '../rpc/client.ts';
import { connectTtrpc } from '../ttrpc/connect.ts';

/** The Task service of a shim. Versions 2 and 3 have the same messages. */
export type TaskClient = ServiceClient<typeof TaskV3Definition>;

/** How to reach a shim's Task service. */
export interface ConnectTaskOptions {
  /** Absent: the newest that the shim answers to. */
  readonly version?: 2 | 3;
  /** The containerd namespace that every call names. */
  readonly namespace?: string;
  readonly signal?: AbortSignal;
  /** For connecting and asking the version, not for the calls that follow. */
  readonly timeoutMs?: number;
}

/** A connection to a shim. Owns its socket. */
export interface TaskConnection extends AsyncDisposable {
  readonly version: 2 | 3;
  readonly task: TaskClient;
  /** Settles when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to any v2 shim over ttrpc: `address` is what its start action prints, such as `unix:///run/containerd/s/…`.
 * @throws `unavailable` when nobody listens there, `unimplemented` when what listens is no shim.
 */
export async function connectTask(address: string, options: ConnectTaskOptions = {}): Promise<TaskConnection> {
  const { signal, timeoutMs, namespace } = options;
  const bounds = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
  const channel = await connectTtrpc(address, bounds);
  const metadata = namespace === undefined ? {} : { 'containerd-namespace-ttrpc': namespace };
  const clients: Readonly<Record<2 | 3, TaskClient>> = {
    2: createClient(TaskV2Definition, { channel, defaults: { metadata } }),
    3: createClient(TaskV3Definition, { channel, defaults: { metadata } }),
  };
  try {
    const version = options.version ?? (await findVersion(clients, bounds));
    return {
      version,
      task: clients[version],
      closed: channel.closed,
      close: () => channel.close(),
      [Symbol.asyncDispose]: () => channel.close(),
    };
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** Connect harms nothing, and a shim that does not know the service says so. This is how containerd finds out, too. */
async function findVersion(
  clients: Readonly<Record<2 | 3, TaskClient>>,
  bounds: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<2 | 3> {
  if (await answers(clients[3], bounds)) return 3;
  if (await answers(clients[2], bounds)) return 2;
  throw new SandshimError('unimplemented', 'what listens there offers neither version 2 nor 3 of the Task service');
}

async function answers(
  task: TaskClient,
  bounds: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<boolean> {
  try {
    await task.connect({ id: '' }, bounds);
    return true;
  } catch (error) {
    if (!SandshimError.is(error)) throw error;
    if (error.code === 'unimplemented') return false;
    if (['unavailable', 'deadline_exceeded', 'canceled'].includes(error.code)) throw error;
    return true;
  }
}
