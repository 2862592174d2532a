import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartInput } from './bootstrap-messages.ts';
import { readAnnotations } from './bundle-spec.ts';
import { claimSocket, type OwnedSocket } from './claim-socket.ts';
import type { ShimFlags } from './flags.ts';
import { groupKey } from './grouping.ts';
import type { Equipment, Invocation } from './invocation.ts';
import { adoptOomScore } from './oom-score.ts';
import type { StartOptions } from './program.ts';
import { readStdin } from './read-stdin.ts';
import { addressOf, formatReply, type ReplyFormat, type ShimAddress } from './reply.ts';
import { joinShimCgroup } from './shim-cgroup.ts';
import { defaultSocketDir, socketPath } from './socket-path.ts';

export interface StartContext extends Invocation, Equipment {
  /** The process that asked for the start: containerd. */
  readonly callerPid: number;
}

export interface Started {
  /** What containerd is told. */
  readonly reply: Uint8Array;
  /** Absent if another shim of the group already serves. */
  readonly socket: OwnedSocket | undefined;
  readonly ttrpcAddress: string;
}

/** The start action: makes this process the server of its group, unless one is there. */
export async function start(context: StartContext): Promise<Started> {
  const { flags, config, env, cwd: bundle } = context;
  const input = await startInput(flags);
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
    writeFileSync(join(bundle, 'address'), addressOf(address), { mode: 0o600 });
    const reply = await formatReply(address, replyFormat(context, input));
    return { reply, socket, ttrpcAddress: input.params?.containerdTtrpcAddress || env['TTRPC_ADDRESS'] || '' };
  } catch (error) {
    socket?.[Symbol.dispose]();
    throw error;
  }
}

async function startInput(flags: ShimFlags): Promise<StartInput> {
  const bytes = await readStdin();
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
  { config, flags }: StartContext,
  { path, input }: { readonly path: string; readonly input: StartInput },
): Promise<ShimAddress> {
  const { transport: protocol } = config;
  if (input.params !== undefined) return { path, protocol, version: 3 };
  if (protocol === 'ttrpc') return { path, protocol, version: 2 };
  const { containerdMajorVersion } = await import('./containerd-version.ts');
  return { path, protocol, version: (await containerdMajorVersion(flags.publishBinary)) >= 2 ? 3 : 2 };
}

function replyFormat({ config, env }: StartContext, input: StartInput): ReplyFormat {
  if (input.params !== undefined) return 'protobuf';
  // Both variables came with containerd 1.7, which is the first that reads JSON.
  const readsJson = env['MAX_SHIM_VERSION'] !== undefined || env['GRPC_ADDRESS'] !== undefined;
  return readsJson || config.transport === 'grpc' ? 'json' : 'plain';
}
