import { getEventListeners, once } from 'node:events';
import { readdir } from 'node:fs/promises';
import type { Server, ServerOpts, Socket } from 'node:net';
import { SandshimError } from '@sandshim/runsc-client';
import { expect, onTestFinished, test } from 'vitest';
import { Any } from '../api/gen/google/protobuf/any.ts';
import { Request, Response } from '../api/gen/ttrpc/ttrpc.ts';
import { createClient } from '../rpc/client.ts';
import type { CallContext } from '../rpc/handler.ts';
import { type EchoObserver, echoDefinition, echoService, text } from '../testing/echo-service.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import type { TtrpcClient } from './client.ts';
import { connectTtrpc } from './connect.ts';
import { FrameDecoder } from './decode.ts';
import { encodeFrame } from './encode.ts';
import { type Frame, frameTypes, maxPayloadBytes } from './frame.ts';
import { serveTtrpc } from './server.ts';

async function listen(options: ServerOpts = {}): Promise<{ readonly listener: Server; readonly path: string }> {
  const folder = await createSocketFolder();
  const { listener, path } = await folder.listen(options);
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return { listener, path };
}

async function connectEcho(observer: EchoObserver = {}) {
  const { listener, path } = await listen();
  const server = serveTtrpc({ listener, services: [echoService(observer)] });
  const client = await connectTtrpc(path);
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { client, server, echo: createClient(echoDefinition, { channel: client }) };
}

/** A server that does with each request what the test says. */
async function connectScripted(onFrame: (frame: Frame, socket: Socket) => void): Promise<TtrpcClient> {
  const { listener, path } = await listen();
  listener.on('connection', (socket) => {
    const decoder = new FrameDecoder();
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Uint8Array) => {
      for (const item of decoder.push(chunk)) if (item.kind === 'frame') onFrame(item.frame, socket);
    });
  });
  const client = await connectTtrpc(path);
  onTestFinished(async () => {
    await client.close();
    listener.close();
  });
  return client;
}

function answer(socket: Socket, frame: Partial<Frame> & { streamId: number }): void {
  socket.write(encodeFrame({ type: frameTypes.response, flags: 0, payload: new Uint8Array(), ...frame }));
}

test('concurrent calls each get their own answer', async () => {
  const { echo } = await connectEcho();
  const names = Array.from({ length: 200 }, (_, index) => `call ${index}`);
  const answers = await Promise.all(names.map((name) => echo.echo(text(name))));
  expect(answers.map(({ typeUrl }) => typeUrl)).toEqual(names);
});

test('ids are odd and rise by two in the order of sending', async () => {
  const ids: number[] = [];
  const client = await connectScripted((frame, socket) => {
    ids.push(frame.streamId);
    answer(socket, { streamId: frame.streamId });
  });
  const echo = createClient(echoDefinition, { channel: client });
  await Promise.all(Array.from({ length: 5 }, () => echo.echo(text(''))));
  expect(ids).toEqual([1, 3, 5, 7, 9]);
});

test('an error arrives with its code and its text', async () => {
  const { echo } = await connectEcho();
  await expect(echo.fail(text(''))).rejects.toMatchObject({
    code: 'not_found',
    message: 'container not created: not found',
  });
  await expect(echo.absent(text(''))).rejects.toMatchObject({ code: 'unimplemented', message: 'method Absent' });
});

test('metadata and deadline reach the handler', async () => {
  const contexts: CallContext[] = [];
  const { client } = await connectEcho({ onContext: (context) => contexts.push(context) });
  const defaults = { metadata: { 'Containerd-Namespace-TTRPC': 'k8s.io' } };
  const echo = createClient(echoDefinition, { channel: client, defaults });
  await echo.echo(text(''), { timeoutMs: 5000 });
  expect(contexts[0]?.metadata.get('containerd-namespace-ttrpc')).toEqual(['k8s.io']);
  expect(contexts[0]?.deadline?.getTime()).toBeGreaterThan(Date.now());
});

test('a timeout ends the call on both sides', async () => {
  const canceled = Promise.withResolvers<unknown>();
  const { echo } = await connectEcho({ onCanceled: canceled.resolve });
  await expect(echo.hang(text(''), { timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(await canceled.promise).toMatchObject({ code: 'deadline_exceeded' });
  expect((await echo.echo(text('next'))).typeUrl).toBe('next');
});

test('a timeout holds also when the server never answers', async () => {
  const requests: Request[] = [];
  const client = await connectScripted((frame) => requests.push(Request.decode(frame.payload)));
  const echo = createClient(echoDefinition, { channel: client });
  await expect(echo.echo(text(''), { timeoutMs: 30 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  const nanos = requests[0]?.timeoutNano ?? 0n;
  expect(nanos > 0n && nanos <= 30_000_000n).toBe(true);
});

test('an abort abandons the call, and its late answer disturbs nothing', async () => {
  const pending: (() => void)[] = [];
  const client = await connectScripted((frame, socket) => {
    pending.push(() => answer(socket, { streamId: frame.streamId }));
    if (pending.length === 2) for (const reply of pending) reply();
  });
  const echo = createClient(echoDefinition, { channel: client });
  const controller = new AbortController();
  const abandoned = echo.echo(text(''), { signal: controller.signal });
  controller.abort(new SandshimError('aborted', 'changed my mind'));
  await expect(abandoned).rejects.toMatchObject({ code: 'aborted', message: 'changed my mind' });
  const plain = new AbortController();
  plain.abort();
  await expect(echo.echo(text(''), { signal: plain.signal })).rejects.toMatchObject({ code: 'canceled' });
  await Promise.all([echo.echo(text('')), echo.echo(text(''))]).catch(() => undefined);
  expect(pending.length).toBeGreaterThanOrEqual(2);
});

test('a lost connection fails every pending call, and those that come later', async () => {
  const sockets: Socket[] = [];
  const client = await connectScripted((_frame, socket) => {
    sockets.push(socket);
    if (sockets.length === 3) socket.destroy();
  });
  const echo = createClient(echoDefinition, { channel: client });
  const results = await Promise.allSettled([echo.echo(text('')), echo.echo(text('')), echo.echo(text(''))]);
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', message: 'ttrpc: closed' } });
    expect(result).toMatchObject({ reason: { delivery: 'unknown' } });
  }
  await client.closed;
  await expect(echo.echo(text(''))).rejects.toMatchObject({ message: 'ttrpc: closed', delivery: 'none' });
});

test('a request that the server left unread was not delivered', async () => {
  const { listener, path } = await listen({ pauseOnConnect: true });
  const accepted = once(listener, 'connection');
  const client = await connectTtrpc(path);
  onTestFinished(() => void listener.close());
  const [socket] = await accepted;
  const echo = createClient(echoDefinition, { channel: client });
  const call = expect(echo.echo(text(''))).rejects.toMatchObject({ message: 'ttrpc: closed', delivery: 'none' });
  // By then the request waits in the kernel: nobody reads.
  setTimeout(() => socket.destroy(), 20);
  await call;
});

test('closing fails pending calls and is idempotent', async () => {
  const { client, echo } = await connectEcho();
  const call = expect(echo.hang(text(''))).rejects.toMatchObject({ message: 'ttrpc: closed' });
  await Promise.resolve();
  await Promise.all([client.close(), client.close()]);
  await call;
});

test('a response over 4 MiB fails its call alone', async () => {
  const client = await connectScripted((frame, socket) => {
    if (frame.streamId !== 1) answer(socket, { streamId: frame.streamId });
    else socket.write(Buffer.concat([Buffer.from('00400001000000010200', 'hex'), Buffer.alloc(maxPayloadBytes + 1)]));
  });
  const echo = createClient(echoDefinition, { channel: client });
  await expect(echo.echo(text(''))).rejects.toMatchObject({ code: 'resource_exhausted' });
  await echo.echo(text(''));
});

test('a request over 4 MiB is refused before it is sent', async () => {
  const { echo } = await connectEcho();
  const huge = { typeUrl: '', value: new Uint8Array(maxPayloadBytes) };
  await expect(echo.echo(huge)).rejects.toMatchObject({ code: 'resource_exhausted' });
  expect((await echo.echo(text('next'))).typeUrl).toBe('next');
});

test('answers that break the protocol fail their call', async () => {
  const broken = Uint8Array.of(0x0a, 0x7f);
  const replies: Partial<Frame>[] = [
    { payload: broken },
    { payload: Response.encode({ status: undefined, payload: broken }).finish() },
    { type: frameTypes.data, payload: Any.encode(text('data')).finish() },
  ];
  const client = await connectScripted((frame, socket) => {
    answer(socket, { streamId: 999, payload: broken });
    answer(socket, { ...replies.shift(), streamId: frame.streamId });
  });
  const echo = createClient(echoDefinition, { channel: client });
  for (let index = 0; index < 3; index++) {
    await expect(echo.echo(text(''))).rejects.toMatchObject({ code: 'internal' });
  }
  await echo.echo(text(''));
});

test('a server stream is read to its end', async () => {
  const { echo } = await connectEcho();
  const seen: string[] = [];
  for await (const { typeUrl } of echo.count(text('100'))) seen.push(typeUrl);
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
});

test('a client stream gets one answer', async () => {
  const { echo } = await connectEcho();
  async function* parts() {
    for (const part of ['a', '', 'c']) yield text(part);
  }
  expect((await echo.join(parts())).typeUrl).toBe('a++c');
});

test('both sides stream at once', async () => {
  const { echo } = await connectEcho();
  const outbox = new TransformStream<Any, Any>();
  const writer = outbox.writable.getWriter();
  const replies = echo.chat(outbox.readable)[Symbol.asyncIterator]();
  for (const word of ['one', 'two']) {
    void writer.write(text(word));
    expect((await replies.next()).value).toMatchObject({ typeUrl: `re: ${word}` });
  }
  void writer.write(text('fail'));
  await expect(replies.next()).rejects.toMatchObject({ code: 'aborted', message: 'enough' });
});

test('a stream ends with its connection, its deadline and its signal', async () => {
  const { client, echo } = await connectEcho();
  const open = (options: { signal?: AbortSignal; timeoutMs?: number } = {}) =>
    echo.chat(new TransformStream<Any, Any>().readable, options)[Symbol.asyncIterator]().next();
  await expect(open({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await expect(open({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  const pending = expect(open()).rejects.toMatchObject({ message: 'ttrpc: closed' });
  await client.close();
  await pending;
});

test('a stream that is left early goes on disturbing nobody', async () => {
  const { echo } = await connectEcho();
  for await (const { typeUrl } of echo.count(text('100000'))) if (typeUrl === '3') break;
  expect((await echo.echo(text('next'))).typeUrl).toBe('next');
});

test('a server stream waits for a reader that does not read', async () => {
  let sent = 0;
  const { echo } = await connectEcho({ onCount: () => sent++ });
  const reader = echo.count({ typeUrl: '500', value: new Uint8Array(100_000) })[Symbol.asyncIterator]();
  await reader.next();
  let before: number;
  do {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (sent > before);
  expect(sent).toBeLessThan(250);
});

test('calls leave no listener on the signal that bounds them', async () => {
  const { echo } = await connectEcho();
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 20 }, () => echo.echo(text(''), { signal })));
  for await (const _message of echo.count(text('3'), { signal }));
  await expect(echo.fail(text(''), { signal })).rejects.toThrow();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a thousand connections leave no descriptor behind', async () => {
  const { listener, path } = await listen();
  const server = serveTtrpc({ listener, services: [echoService()] });
  onTestFinished(() => server.close());
  const descriptors = async () => (await readdir('/proc/self/fd')).length;
  const visit = async () => {
    await using client = await connectTtrpc(path);
    await createClient(echoDefinition, { channel: client }).echo(text(''));
  };
  await visit();
  const before = await descriptors();
  for (let index = 0; index < 1000; index++) await visit();
  await expect.poll(descriptors).toBeLessThanOrEqual(before);
});
