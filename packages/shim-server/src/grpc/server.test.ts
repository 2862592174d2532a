import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Any } from '../api/index.ts';
import { createClient } from '../rpc/client.ts';
import { echoDefinition, echoService, text } from '../testing/echo-service.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { GrpcChannel } from './channel.ts';
import { maxMessageBytes } from './method-codec.ts';
import { serveGrpc } from './server.ts';

async function startEcho() {
  const folder = await createSocketFolder();
  const { listener, path } = await folder.listen();
  const server = serveGrpc({ listener, services: [echoService()] });
  const channel = new GrpcChannel(`unix://${path}`);
  onTestFinished(async () => {
    await channel.close();
    await server.close();
    await folder[Symbol.asyncDispose]();
  });
  return { listener, path, echo: createClient(echoDefinition, { channel }) };
}

/** A call as HTTP/2 has it, with any body; gives the gRPC status. */
async function callRaw(session: ClientHttp2Session, call: { path: string; body: Buffer }): Promise<unknown> {
  const headers = { ':method': 'POST', ':path': call.path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(headers);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const onHeaders = (received: NodeJS.Dict<string | string[]>) =>
    received['grpc-status'] && resolve(received['grpc-status']);
  stream.on('response', onHeaders).on('trailers', onHeaders).resume().end(call.body);
  return await promise;
}

test('a peer that speaks no HTTP/2 does no harm and is let go', async () => {
  const { echo, path, listener } = await startEcho();
  const stranger = connect(path).on('error', () => undefined);
  await once(stranger, 'connect');
  stranger.resume().write('this is no HTTP/2\r\n\r\n'.repeat(10));
  await new Promise((resolve) => stranger.once('close', resolve));
  expect((await echo.echo(text('alive'))).typeUrl).toBe('alive');
  const connections = () =>
    new Promise<number>((resolve) => listener.getConnections((_error, count) => resolve(count)));
  await expect.poll(connections).toBe(1);
});

test('bytes that are no message, and methods and services that do not exist, are refused', async () => {
  const { path } = await startEcho();
  const session = connectHttp2('http://localhost', { createConnection: () => connect(path) });
  onTestFinished(() => session.destroy());
  const empty = Buffer.alloc(5);
  expect(await callRaw(session, { path: '/sandshim.test.Echo/Echo', body: Buffer.from('00000000020a7f', 'hex') })).toBe(
    '13',
  );
  expect(await callRaw(session, { path: '/sandshim.test.Echo/Nothing', body: empty })).toBe('12');
  expect(await callRaw(session, { path: '/containerd.task.v2.Task/State', body: empty })).toBe('12');
  expect(await callRaw(session, { path: '/sandshim.test.Echo/Echo', body: empty })).toBe('0');
});

test('a message over the limit fails its call alone', async () => {
  const { echo } = await startEcho();
  const huge: Any = { typeUrl: '', value: new Uint8Array(maxMessageBytes) };
  await expect(echo.echo(huge)).rejects.toMatchObject({ code: 'resource_exhausted' });
  await expect(echo.zeros(text(String(maxMessageBytes)))).rejects.toMatchObject({ code: 'resource_exhausted' });
  expect((await echo.zeros(text(String(8 << 20)))).value.length).toBe(8 << 20);
});

test('methods that stream are not offered', async () => {
  const { echo } = await startEcho();
  expect(() => echo.count(text('1'))).toThrow(expect.objectContaining({ code: 'unimplemented' }));
});

test('a channel to nothing says so in time', async () => {
  const folder = await createSocketFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  await using channel = new GrpcChannel(`${folder.path}/absent`);
  await expect(channel.ready({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'unavailable' });
  await expect(createClient(echoDefinition, { channel }).echo(text(''))).rejects.toMatchObject({ code: 'unavailable' });
});
