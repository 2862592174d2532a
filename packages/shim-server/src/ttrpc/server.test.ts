import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { Any } from '../api/gen/google/protobuf/any.ts';
import { Request } from '../api/gen/ttrpc/ttrpc.ts';
import type { CallContext } from '../rpc/handler.ts';
import { body, echoStand, expectEcho, service } from '../testing/echo-peer.ts';
import { RawTtrpcPeer } from '../testing/raw-peer.ts';
import { frameTypes, maxPayloadBytes } from './frame.ts';

const { startServer, connectPeer, clear } = echoStand();
afterEach(clear);

test('a call is answered on its stream', async () => {
  const peer = await connectPeer((await startServer()).path);
  await expectEcho(peer, 1);
  await expectEcho(peer, 7);
});

test('a request over 4 MiB is drained, refused, and the connection lives', async () => {
  const peer = await connectPeer((await startServer()).path);
  peer.sendBytes(Buffer.concat([Buffer.from('00400001000000090100', 'hex'), Buffer.alloc(maxPayloadBytes + 1)]));
  expect(await peer.nextResponse()).toMatchObject({
    streamId: 9,
    status: { code: 8, message: 'message length 4194305 exceed maximum message size of 4194304' },
  });
  await expectEcho(peer, 11);
});

test('each broken request gets its own refusal and the connection lives', async () => {
  const peer = await connectPeer((await startServer()).path);
  const refusals: [() => void, { streamId: number; code: number; message: string | RegExp }][] = [
    [
      () => peer.sendRequest({ streamId: 2, service, method: 'Echo' }),
      { streamId: 2, code: 3, message: 'StreamID must be odd for client initiated streams' },
    ],
    [
      () => peer.sendFrame({ streamId: 4, type: frameTypes.data }),
      { streamId: 4, code: 3, message: 'StreamID must be odd for client initiated streams' },
    ],
    [
      () => peer.sendFrame({ streamId: 5, type: frameTypes.request, payload: Uint8Array.of(0x0a, 0x7f) }),
      { streamId: 5, code: 3, message: /^unmarshal request error: ./ },
    ],
    [
      () => peer.sendRequest({ streamId: 5, service, method: 'Echo' }),
      { streamId: 5, code: 3, message: 'StreamID cannot be re-used and must increment' },
    ],
    [
      () => peer.sendRequest({ streamId: 3, service, method: 'Echo' }),
      { streamId: 3, code: 3, message: 'StreamID cannot be re-used and must increment' },
    ],
    [
      () => peer.sendRequest({ streamId: 7, service: 'containerd.task.v3.Task', method: 'State' }),
      { streamId: 7, code: 12, message: 'service containerd.task.v3.Task' },
    ],
    [
      () => peer.sendRequest({ streamId: 9, service, method: 'toString' }),
      { streamId: 9, code: 12, message: 'method toString' },
    ],
    [
      () => peer.sendRequest({ streamId: 11, service, method: 'Absent' }),
      { streamId: 11, code: 12, message: 'method Absent' },
    ],
    [
      () => peer.sendRequest({ streamId: 13, service, method: 'Echo', payload: Uint8Array.of(0x0a, 0x7f) }),
      { streamId: 13, code: 13, message: /^ttrpc: error unmarshalling payload: ./ },
    ],
    [
      () => peer.sendFrame({ streamId: 15, type: frameTypes.data, payload: body('x') }),
      { streamId: 15, code: 3, message: 'StreamID is no longer active' },
    ],
    [
      () => peer.sendRequest({ streamId: 17, service, method: 'Fail', payload: body('') }),
      { streamId: 17, code: 5, message: 'container not created: not found' },
    ],
    [
      () => peer.sendRequest({ streamId: 19, service, method: 'Fail', payload: body('plain') }),
      { streamId: 19, code: 2, message: 'cannot start a running process' },
    ],
  ];
  for (const [send, { streamId, code, message }] of refusals) {
    send();
    const response = await peer.nextResponse();
    expect(response).toMatchObject({ streamId, status: { code } });
    expect(response.status?.message).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
    expect(response.payload.length).toBe(0);
  }
  await expectEcho(peer, 101);
});

test('a frame of an unknown type is passed over', async () => {
  const peer = await connectPeer((await startServer()).path);
  peer.sendFrame({ streamId: 1, type: 77, payload: Uint8Array.of(1, 2, 3) });
  peer.sendFrame({ streamId: 1, type: frameTypes.response, payload: Uint8Array.of(1) });
  await expectEcho(peer, 1);
});

test('no sequence of frames and no bytes bring the server down', { timeout: 30_000 }, async () => {
  const { path } = await startServer();
  const anyFrame = fc.record({
    streamId: fc.nat(20),
    type: fc.nat(4),
    flags: fc.nat(7),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .record({ method: fc.constantFrom('Echo', 'Count', 'Join', 'Chat', 'Zeros'), payload: fc.constant(body('3')) })
        .map((fields) => Request.encode(Request.create({ service, ...fields })).finish()),
    ),
  });
  const anyInput = fc.oneof(fc.array(anyFrame, { maxLength: 30 }), fc.uint8Array({ maxLength: 300 }));
  await fc.assert(
    fc.asyncProperty(anyInput, async (input) => {
      using peer = await RawTtrpcPeer.connect(path);
      if (input instanceof Uint8Array) peer.sendBytes(input);
      else for (const frame of input) peer.sendFrame(frame);
      using other = await RawTtrpcPeer.connect(path);
      await expectEcho(other, 1);
    }),
    { numRuns: 200 },
  );
});

test('a slow call holds up no other', async () => {
  const peer = await connectPeer((await startServer()).path);
  peer.sendRequest({ streamId: 1, service, method: 'Hang' });
  await expectEcho(peer, 3);
});

test('a call is answered at its deadline, and its handler hears of it', async () => {
  const canceled = Promise.withResolvers<unknown>();
  const { path } = await startServer({ observer: { onCanceled: canceled.resolve } });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Hang', timeoutNano: 20_000_000n });
  expect(await peer.nextResponse()).toMatchObject({ streamId: 1, status: { code: 4 } });
  expect(await canceled.promise).toMatchObject({ code: 'deadline_exceeded' });
});

test('a deadline that has passed already is answered at once', async () => {
  const peer = await connectPeer((await startServer()).path);
  peer.sendRequest({ streamId: 1, service, method: 'Echo', timeoutNano: -1n });
  expect(await peer.nextResponse()).toMatchObject({ status: { code: 4 } });
});

test('a deadline longer than any timer is no deadline at once', async () => {
  const contexts: CallContext[] = [];
  const { path } = await startServer({ observer: { onContext: (context) => contexts.push(context) } });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Echo', timeoutNano: 2n ** 62n, payload: body('x') });
  expect((await peer.nextResponse()).status).toBeUndefined();
  expect(contexts[0]?.deadline?.getTime()).toBeGreaterThan(Date.now());
});

test('a closed connection cancels its calls', async () => {
  const canceled = Promise.withResolvers<unknown>();
  const { path } = await startServer({ observer: { onCanceled: canceled.resolve } });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Hang' });
  await expectEcho(peer, 3);
  peer.socket.destroy();
  expect(await canceled.promise).toMatchObject({ code: 'canceled' });
});

test('a response over 4 MiB becomes an error and the connection lives', async () => {
  const peer = await connectPeer((await startServer()).path);
  peer.sendRequest({ streamId: 1, service, method: 'Zeros', payload: body(String(maxPayloadBytes)) });
  expect(await peer.nextResponse()).toMatchObject({ streamId: 1, status: { code: 8 } });
  await expectEcho(peer, 3);
});

test('a peer that does not read is no longer read, and loses nothing', async () => {
  const maxBacklogBytes = 1 << 20;
  let answered = 0;
  const { path } = await startServer({ maxBacklogBytes, observer: { onContext: () => answered++ } });
  const peer = await connectPeer(path);
  peer.socket.pause();
  const count = 400;
  const payload = Any.encode({ typeUrl: '', value: new Uint8Array(64 << 10) }).finish();
  for (let index = 0; index < count; index++) {
    peer.sendRequest({ streamId: index * 2 + 1, service, method: 'Echo', payload });
  }
  const other = await connectPeer(path);
  await expectEcho(other, 1);
  let before: number;
  do {
    before = answered;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (answered > before);
  // What it has answered is the backlog, what the kernel holds for both, and what one read from the socket brought.
  expect(answered).toBeLessThan(count / 2);
  peer.socket.resume();
  for (let index = 0; index < count; index++) expect((await peer.nextResponse()).status).toBeUndefined();
});

test('a peer that is refused gets no answer', async () => {
  const reports: unknown[] = [];
  const { path } = await startServer({ authorize: () => false, onReport: (report) => reports.push(report) });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Echo' });
  expect(await peer.nextFrame()).toBeUndefined();
  expect(reports).toEqual([{ type: 'refused' }]);
});

test('a connection that ends inside a frame is reported', async () => {
  const reported = Promise.withResolvers<unknown>();
  const { path } = await startServer({ onReport: reported.resolve });
  const peer = await connectPeer(path);
  peer.socket.end(Uint8Array.of(0, 0, 0, 9));
  expect(await reported.promise).toMatchObject({ type: 'connection-error' });
});

test('a handler that breaks is reported with its error', async () => {
  const reported = Promise.withResolvers<unknown>();
  const { path } = await startServer({ onReport: reported.resolve });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Fail', payload: body('plain') });
  expect(await reported.promise).toMatchObject({ type: 'handler-error', method: 'Fail', error: expect.any(Error) });
});

test('closing lets running calls answer, refuses new ones and new peers', async () => {
  const { server, path } = await startServer();
  const peer = await connectPeer(path);
  const idle = await connectPeer(path);
  await expectEcho(idle, 1);
  peer.sendRequest({ streamId: 1, service, method: 'Hang', timeoutNano: 50_000_000n });
  await expectEcho(peer, 3);
  const closed = server.close({ graceMs: 60_000 });
  expect(await idle.nextFrame()).toBeUndefined();
  peer.sendRequest({ streamId: 5, service, method: 'Echo', payload: body('x') });
  expect(await peer.nextResponse()).toMatchObject({ streamId: 5, status: { code: 14 } });
  expect(await peer.nextResponse()).toMatchObject({ streamId: 1, status: { code: 4 } });
  await closed;
  const late = connect(path);
  const [error] = await once(late, 'error');
  expect(error).toMatchObject({ code: expect.stringMatching(/ENOENT|ECONNREFUSED/) });
});

test('closing cancels what does not answer within the grace', async () => {
  const canceled = Promise.withResolvers<unknown>();
  const { server, path, listener } = await startServer({ observer: { onCanceled: canceled.resolve } });
  const peer = await connectPeer(path);
  peer.sendRequest({ streamId: 1, service, method: 'Hang' });
  await expectEcho(peer, 3);
  await Promise.all([server.close(), server.close({ graceMs: 10 })]);
  expect(await canceled.promise).toMatchObject({ code: 'canceled' });
  expect(await peer.nextFrame()).toBeUndefined();
  expect(listener.listenerCount('connection')).toBe(0);
});
