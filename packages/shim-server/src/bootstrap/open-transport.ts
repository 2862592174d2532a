import type { RpcServer, RpcServerOptions } from '../rpc/server.ts';

/** Serves on a listening socket, by ttrpc or by gRPC, whose modules are loaded only when it is asked for. */
export async function openTransport(protocol: 'ttrpc' | 'grpc', options: RpcServerOptions): Promise<RpcServer> {
  if (protocol === 'grpc') {
    const { serveGrpc } = await import('../grpc/server.ts');
    return serveGrpc(options);
  }
  const { serveTtrpc } = await import('../ttrpc/server.ts');
  return serveTtrpc(options);
}
