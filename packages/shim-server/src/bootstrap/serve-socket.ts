import { createServer } from 'node:net';
import { SandshimError } from '@sandshim/runsc-client';
import { stderrSink } from '../log/stderr-sink.ts';
import { claimSocket, type OwnedSocket } from './claim-socket.ts';
import { holdConnections } from './hold-connections.ts';
import { equip, type Invocation } from './invocation.ts';
import { serve } from './serve.ts';
import { awaitTermination } from './signals.ts';

// Where the shims in Go expect a listening socket from whoever starts them.
const listenerFd = 3;

/** No action: serves on the socket that `-socket` names, or on the listening one that this process got as descriptor 3. */
export async function serveSocket(invocation: Invocation): Promise<void> {
  const { program, flags, env } = invocation;
  const termination = awaitTermination();
  const equipment = await equip(invocation);
  equipment.log.mirror(stderrSink, 'stderr');
  const socket = flags.socket === '' ? await inherited() : await claimed(flags.socket);
  const ttrpcAddress = env['TTRPC_ADDRESS'] ?? '';
  const { transport } = equipment.config;
  await serve({
    ...equipment,
    ...{ program, env, socket, ttrpcAddress, transport, termination },
    namespace: flags.namespace,
  });
  process.exit(0);
}

async function claimed(path: string): Promise<OwnedSocket> {
  const claim = await claimSocket(path);
  if (claim.kind === 'owned') return claim.socket;
  throw new SandshimError('already_exists', `another shim serves on ${path}`);
}

function inherited(): Promise<OwnedSocket> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    const held = holdConnections(server);
    server.once('error', (cause) => {
      reject(new SandshimError('invalid_argument', `no -socket, and descriptor 3 does not listen: ${cause.message}`));
    });
    server.listen({ fd: listenerFd }, () => {
      resolve({ path: '', server, serve: held.release, [Symbol.dispose]: () => server.close() });
    });
  });
}
