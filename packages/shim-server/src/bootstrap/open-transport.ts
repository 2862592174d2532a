import { SandshimError } from '@sandshim/runsc-client';
import type { RpcServer, RpcServerOptions } from '../rpc/server.ts';

/** Serves on a listening socket, by ttrpc or by gRPC, whose modules are loaded only when it is asked for. */
export async function openTransport(protocol: 'ttrpc' | 'grpc', options: RpcServerOptions): Promise<RpcServer> {
  if (protocol === 'grpc') {
    throw new SandshimError('unimplemented', 'this build has no gRPC transport');
  }
  const { serveTtrpc } = await import('../ttrpc/server.ts');
  return serveTtrpc(options);
}
