import { strictEqual } from 'node:assert/strict';
import { Any } from '../api/gen/google/protobuf/any.ts';
import { serveTtrpc, type TtrpcServerOptions } from '../ttrpc/server.ts';
import { type EchoObserver, echoService, text } from './echo-service.ts';
import { RawTtrpcPeer } from './raw-peer.ts';
import { createSocketFolder } from './socket-folder.ts';

export const service = 'sandshim.test.Echo';
export const body = (value: string) => Any.encode(text(value)).finish();

export async function expectEcho(peer: RawTtrpcPeer, streamId: number): Promise<void> {
  peer.sendRequest({ streamId, service, method: 'Echo', payload: body('still here') });
  const response = await peer.nextResponse();
  strictEqual(response.streamId, streamId);
  strictEqual(Any.decode(response.payload).typeUrl, 'still here');
}

/** Servers of the echo service, and peers that send them bytes as they like; `clear` ends all that there are. */
export function echoStand() {
  let stack = new AsyncDisposableStack();
  return {
    startServer: async (options: Partial<TtrpcServerOptions> & { observer?: EchoObserver } = {}) => {
      const folder = stack.use(await createSocketFolder());
      const { listener, path } = await folder.listen();
      const { observer, ...rest } = options;
      const server = serveTtrpc({ listener, services: [echoService(observer)], ...rest });
      stack.defer(() => server.close());
      return { server, path, listener };
    },
    connectPeer: async (path: string) => stack.use(await RawTtrpcPeer.connect(path)),
    clear: async () => {
      const used = stack;
      stack = new AsyncDisposableStack();
      await used.disposeAsync();
    },
  };
}
