import { afterEach, expect, test } from 'vitest';
import { Any } from '../api/gen/google/protobuf/any.ts';
import { Response } from '../api/gen/ttrpc/ttrpc.ts';
import { body, echoStand, expectEcho, service } from '../testing/echo-peer.ts';
import { frameFlags, frameTypes } from './frame.ts';

const { startServer, connectPeer, clear } = echoStand();
afterEach(clear);

test('server streams end with an empty closing frame', async () => {
  const peer = await connectPeer((await startServer()).path);
  const flags = frameFlags.remoteClosed;
  peer.sendRequest({ streamId: 1, service, method: 'Count', payload: body('2'), flags });
  for (const expected of ['0', '1']) {
    const frame = await peer.nextFrame();
    expect(frame).toMatchObject({ streamId: 1, type: frameTypes.data, flags: 0 });
    expect(Any.decode(frame?.payload ?? Buffer.from('bad')).typeUrl).toBe(expected);
  }
  expect(await peer.nextFrame()).toMatchObject({
    type: frameTypes.data,
    flags: frameFlags.remoteClosed | frameFlags.noData,
    payload: new Uint8Array(),
  });
});

test('client streams take their first message from the request and an empty frame as a message', async () => {
  const peer = await connectPeer((await startServer()).path);
  const flags = frameFlags.remoteOpen;
  peer.sendRequest({ streamId: 1, service, method: 'Join', payload: body('a'), flags });
  peer.sendFrame({ streamId: 1, type: frameTypes.data, payload: body('b') });
  peer.sendFrame({ streamId: 1, type: frameTypes.data });
  peer.sendFrame({ streamId: 1, type: frameTypes.data, flags: frameFlags.remoteClosed | frameFlags.noData });
  expect(Any.decode((await peer.nextResponse()).payload).typeUrl).toBe('a+b+');
  peer.sendFrame({ streamId: 1, type: frameTypes.data, payload: body('late') });
  expect((await peer.nextResponse()).status?.message).toBe('StreamID is no longer active');
});

test('a closing frame with data ends the stream with an error', async () => {
  const peer = await connectPeer((await startServer()).path);
  peer.sendRequest({ streamId: 1, service, method: 'Join', flags: frameFlags.remoteOpen });
  peer.sendFrame({ streamId: 1, type: frameTypes.data, flags: frameFlags.remoteClosed, payload: body('b') });
  expect((await peer.nextResponse()).status?.message).toBe('data close message cannot include data');
  await expectEcho(peer, 3);
});

test('a stream that nobody reads fails alone, after holding up the others for a bounded time', async () => {
  const gate = Promise.withResolvers<void>();
  const { path } = await startServer({
    streamLimits: { maxWaitingBytes: 1000, stallMs: 30 },
    observer: { beforeChatRead: () => gate.promise },
  });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Chat', flags: frameFlags.remoteOpen });
  for (let index = 0; index < 5; index++) {
    // Larger than one read of the socket: what follows is read only once the stream has been given up.
    peer.sendFrame({ streamId: 1, type: frameTypes.data, payload: body('x'.repeat(100_000)) });
  }
  await expectEcho(peer, 3);
  gate.resolve();
  let frame = await peer.nextFrame();
  while (frame?.type === frameTypes.data) frame = await peer.nextFrame();
  expect(Response.decode(frame?.payload ?? new Uint8Array()).status).toMatchObject({
    code: 8,
    message: 'ttrpc: stream buffer full',
  });
});
