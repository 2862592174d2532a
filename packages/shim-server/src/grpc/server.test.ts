import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Any } from '../api/index.ts';
import { createClient } from '../rpc/client.ts';
import type { CallContext } from '../rpc/handler.ts';
import type { RpcServerOptions } from '../rpc/server.ts';
import { type EchoObserver, echoDefinition, echoService, text } from '../testing/echo-service.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { GrpcChannel } from './channel.ts';
import { maxMessageBytes } from './method-codec.ts';
import { serveGrpc } from './server.ts';

async function startEcho({ observer, ...options }: Partial<RpcServerOptions> & { observer?: EchoObserver } = {}) {
  const folder = await createSocketFolder();
  const { listener, path } = await folder.listen();
  const server = serveGrpc({ listener, services: [echoService(observer)], ...options });
  const channel = new GrpcChannel(`unix://${path}`);
  onTestFinished(async () => {
    await channel.close();
    await server.close();
    await folder[Symbol.asyncDispose]();
  });
  return { server, listener, path, channel, echo: createClient(echoDefinition, { channel }) };
}

test('concurrent calls each get their own answer', async () => {
  const { echo } = await startEcho();
  const names = Array.from({ length: 50 }, (_, index) => `call ${index}`);
  const answers = await Promise.all(names.map((name) => echo.echo(text(name))));
  expect(answers.map(({ typeUrl }) => typeUrl)).toEqual(names);
});

test('errors have the codes and texts that ttrpc gives them', async () => {
  const { echo } = await startEcho();
  await expect(echo.fail(text(''))).rejects.toMatchObject({
    code: 'not_found',
    message: 'container not created: not found',
  });
  await expect(echo.fail(text('plain'))).rejects.toMatchObject({
    code: 'unknown',
    message: 'cannot start a running process',
  });
  await expect(echo.absent(text(''))).rejects.toMatchObject({ code: 'unimplemented' });
});

test('metadata and deadline reach the handler', async () => {
  const contexts: CallContext[] = [];
  const { echo } = await startEcho({ observer: { onContext: (context) => contexts.push(context) } });
  await echo.echo(text(''), { timeoutMs: 5000, metadata: { 'containerd-namespace': 'k8s.io' } });
  expect(contexts[0]?.metadata.get('containerd-namespace')).toEqual(['k8s.io']);
  expect(contexts[0]?.deadline?.getTime()).toBeGreaterThan(Date.now());
});

test('a deadline ends the call on both sides', async () => {
  const canceled = Promise.withResolvers<unknown>();
  const { echo } = await startEcho({ observer: { onCanceled: canceled.resolve } });
  await expect(echo.hang(text(''), { timeoutMs: 50 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(await canceled.promise).toMatchObject({ code: expect.stringMatching(/deadline_exceeded|canceled/) });
});

test('a client that cancels or leaves cancels its handler', async () => {
  const reasons: unknown[] = [];
  const { echo, channel } = await startEcho({ observer: { onCanceled: (reason) => reasons.push(reason) } });
  await expect(echo.hang(text(''), { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
  await expect.poll(() => reasons.length).toBe(1);
  const left = expect(echo.hang(text(''))).rejects.toMatchObject({ code: 'unavailable' });
  await echo.echo(text(''));
  await channel.close();
  await left;
  await expect.poll(() => reasons.length).toBe(2);
});

test('a connection that closes without a word does no harm', async () => {
  const { echo, path, listener } = await startEcho();
  for (let index = 0; index < 5; index++) {
    const probe = connect(path);
    await once(probe, 'connect');
    probe.destroy();
  }
  const silent = connect(path).on('error', () => undefined);
  await once(silent, 'connect');
  silent.end('this is no HTTP/2\r\n\r\n');
  expect((await echo.echo(text('alive'))).typeUrl).toBe('alive');
  silent.destroy();
  const connections = () =>
    new Promise<number>((resolve) => listener.getConnections((_error, count) => resolve(count)));
  await expect.poll(connections).toBe(1);
});

test('a peer that is refused gets no answer', async () => {
  const reports: unknown[] = [];
  const { path } = await startEcho({ authorize: () => false, onReport: (report) => reports.push(report) });
  const session = connectHttp2('http://localhost', { createConnection: () => connect(path) });
  session.on('error', () => undefined);
  await once(session, 'close');
  expect(reports).toEqual([{ type: 'refused' }]);
});

test('bytes that are no message and unknown methods are refused', async () => {
  const { path } = await startEcho();
  const session = connectHttp2('http://localhost', { createConnection: () => connect(path) });
  onTestFinished(() => session.destroy());
  const call = async (method: string, body: Buffer) => {
    const headers = { ':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request(headers);
    const status = Promise.withResolvers<unknown>();
    stream.on('response', (response) => response['grpc-status'] && status.resolve(response['grpc-status']));
    stream.on('trailers', (trailers) => status.resolve(trailers['grpc-status']));
    stream.resume().end(body);
    return status.promise;
  };
  expect(await call('/sandshim.test.Echo/Echo', Buffer.from('00000000020a7f', 'hex'))).toBe('13');
  expect(await call('/sandshim.test.Echo/Nothing', Buffer.from('0000000000', 'hex'))).toBe('12');
  expect(await call('/containerd.task.v2.Task/State', Buffer.from('0000000000', 'hex'))).toBe('12');
});

test('a message over the limit fails its call alone', async () => {
  const { echo } = await startEcho();
  const huge: Any = { typeUrl: '', value: new Uint8Array(maxMessageBytes) };
  await expect(echo.echo(huge)).rejects.toMatchObject({ code: 'resource_exhausted' });
  await expect(echo.zeros(text(String(maxMessageBytes)))).rejects.toMatchObject({ code: 'resource_exhausted' });
  expect((await echo.zeros(text(String(8 << 20)))).value.length).toBe(8 << 20);
});

test('closing lets running calls answer, then leaves nothing open', async () => {
  const gate = Promise.withResolvers<void>();
  const { server, echo, path, listener } = await startEcho({ observer: { onContext: () => gate.resolve() } });
  const idle = connect(path).on('error', () => undefined);
  await once(idle, 'connect');
  const call = echo.echo(text('last'));
  await gate.promise;
  const closed = server.close({ graceMs: 500 });
  expect((await call).typeUrl).toBe('last');
  await closed;
  expect(listener.listening).toBe(false);
  expect(listener.listenerCount('connection')).toBe(0);
  expect(await new Promise((resolve) => listener.getConnections((_error, count) => resolve(count)))).toBe(0);
});

test('closing cancels what does not answer within the grace', async () => {
  const canceled = Promise.withResolvers<unknown>();
  const { server, echo } = await startEcho({ observer: { onCanceled: canceled.resolve } });
  const call = expect(echo.hang(text(''))).rejects.toMatchObject({ code: expect.any(String) });
  await echo.echo(text(''));
  await Promise.all([server.close({ graceMs: 20 }), server.close()]);
  expect(await canceled.promise).toMatchObject({ code: 'canceled' });
  await call;
});

test('a channel to nothing says so in time', async () => {
  const folder = await createSocketFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  await using channel = new GrpcChannel(`${folder.path}/absent`);
  await expect(channel.ready({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'unavailable' });
  await expect(createClient(echoDefinition, { channel }).echo(text(''))).rejects.toMatchObject({ code: 'unavailable' });
});
