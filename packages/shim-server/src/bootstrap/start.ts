import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SandshimError } from '@sandshim/runsc-client';
import type { StartInput } from './bootstrap-messages.ts';
import { readAnnotations } from './bundle-spec.ts';
import { claimSocket, type OwnedSocket } from './claim-socket.ts';
import { groupKey } from './grouping.ts';
import type { Equipment, Invocation } from './invocation.ts';
import { adoptOomScore } from './oom-score.ts';
import type { StartOptions } from './program.ts';
import { readStdin } from './read-stdin.ts';
import { addressFileOf, formatReply, type ReplyFormat, type ShimAddress } from './reply.ts';
import { joinShimCgroup } from './shim-cgroup.ts';
import { defaultSocketDir, socketPath } from './socket-path.ts';

export interface StartContext extends Invocation, Equipment {
  /** The process that asked for the start: containerd. */
  readonly callerPid: number;
  /** A descriptor of what it sends along. */
  readonly stdin: number;
}

export interface Started {
  /** What containerd is told. */
  readonly reply: Uint8Array;
  /** Absent if another shim of the group already serves. */
  readonly socket: OwnedSocket | undefined;
  readonly transport: ShimAddress['protocol'];
  readonly ttrpcAddress: string;
  /** The process is still where it was started: in the cgroups and with the scheduling of whoever starts shims. */
  readonly inPlace: boolean;
}

/** The start action: makes this process the server of its group, unless one is there. */
export async function start(context: StartContext): Promise<Started> {
  const { flags, config, env, cwd: bundle } = context;
  const input = await startInput(context);
  const options = await startOptions(context, input);
  const path = socketPath({
    socketDir: env['SANDSHIM_SOCKET_DIR'] || config.socketDir || input.params?.socketDir || defaultSocketDir,
    grpcAddress: flags.address,
    namespace: flags.namespace,
    group: groupKey(flags.id, {
      annotations: readAnnotations(bundle),
      grouping: options.grouping ?? config.grouping,
    }),
  });
  const address = await shimAddress(context, { path, input });
  const claim = await claimSocket(path);
  const socket = claim.kind === 'owned' ? claim.socket : undefined;
  try {
    if (socket !== undefined) settle(context, options);
    writeAddress(join(bundle, 'address'), addressFileOf(address));
    const reply = await formatReply(address, replyFormat(context, input));
    return {
      reply,
      socket,
      transport: address.protocol,
      ttrpcAddress: input.params?.containerdTtrpcAddress || env['TTRPC_ADDRESS'] || '',
      inPlace: options.shimCgroup === '' && env['SCHED_CORE'] !== '1',
    };
  } catch (error) {
    socket?.[Symbol.dispose]();
    throw error;
  }
}

function writeAddress(file: string, address: string): void {
  try {
    writeFileSync(file, address, { mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandshimError('unavailable', `cannot write ${file}: ${reason}`, { cause: error });
  }
}

async function startInput({ flags, stdin }: StartContext): Promise<StartInput> {
  const bytes = await readStdin(stdin);
  if (bytes.length === 0) return { options: [] };
  const { parseStartInput } = await import('./bootstrap-messages.ts');
  return parseStartInput(bytes, flags);
}

async function startOptions(context: StartContext, input: StartInput): Promise<StartOptions> {
  return (await context.program.startOptions?.(input.options, context.cwd)) ?? { shimCgroup: '' };
}

/** The process's own place in the system: its OOM score and its cgroup. */
function settle(context: StartContext, options: StartOptions): void {
  const problem = adoptOomScore(context.callerPid);
  if (problem !== undefined) context.logger.log('debug', `the OOM score stays as it is: ${problem}`);
  if (options.shimCgroup !== '') joinShimCgroup(options.shimCgroup);
}

async function shimAddress(
  { config, flags, logger }: StartContext,
  { path, input }: { readonly path: string; readonly input: StartInput },
): Promise<ShimAddress> {
  const version = input.params === undefined ? 2 : 3;
  if (config.transport === 'ttrpc') return { path, protocol: 'ttrpc', version };
  const { containerdMajorVersion, parseContainerdMajor } = await import('./containerd-version.ts');
  const major =
    input.params === undefined
      ? await containerdMajorVersion(flags.publishBinary)
      : parseContainerdMajor(input.params.containerdVersion);
  if (major < 2) return { path, protocol: 'grpc', version: 2 };
  // It watches a connection that gRPC has not made yet, takes it for lost, and has the shim's container removed.
  logger.log('warn', `transport = "grpc" cannot be used: containerd ${major} drops every gRPC shim; ttrpc is used`);
  return { path, protocol: 'ttrpc', version };
}

function replyFormat({ env }: StartContext, input: StartInput): ReplyFormat {
  if (input.params !== undefined) return 'protobuf';
  // Both variables came with containerd 1.7, which is the first that reads JSON.
  const readsJson = env['MAX_SHIM_VERSION'] !== undefined || env['GRPC_ADDRESS'] !== undefined;
  return readsJson ? 'json' : 'plain';
}
