import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GrpcChannel } from '../grpc/channel.ts';
import { serveGrpc } from '../grpc/server.ts';
import { type EchoObserver, echoDefinition, echoService, text } from '../testing/echo-service.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { connectTtrpc } from '../ttrpc/connect.ts';
import { serveTtrpc } from '../ttrpc/server.ts';
import { createClient, type RpcChannel } from './client.ts';
import type { CallContext } from './handler.ts';
import type { RpcServer, RpcServerOptions, RpcServerReport } from './server.ts';

/** What every transport promises, whatever it sends over the wire. */
interface Transport {
  readonly protocol: RpcServer['protocol'];
  serve(options: RpcServerOptions): RpcServer;
  connect(path: string): Promise<RpcChannel>;
}

const transports: Transport[] = [
  { protocol: 'ttrpc', serve: serveTtrpc, connect: connectTtrpc },
  { protocol: 'grpc', serve: serveGrpc, connect: async (path) => new GrpcChannel(path) },
];

describe.for(transports)('$protocol', (transport) => {
  async function start({ observer, ...options }: Partial<RpcServerOptions> & { observer?: EchoObserver } = {}) {
    const folder = await createSocketFolder();
    const { listener, path } = await folder.listen();
    const server = transport.serve({ listener, services: [echoService(observer)], ...options });
    const channel = await transport.connect(path);
    onTestFinished(async () => {
      await channel.close();
      await server.close();
      await folder[Symbol.asyncDispose]();
    });
    return { server, listener, path, channel, echo: createClient(echoDefinition, { channel }) };
  }

  test('concurrent calls each get their own answer', async () => {
    const { echo, server } = await start();
    const names = Array.from({ length: 50 }, (_, index) => `call ${index}`);
    const answers = await Promise.all(names.map((name) => echo.echo(text(name))));
    expect(answers.map(({ typeUrl }) => typeUrl)).toEqual(names);
    expect(server.protocol).toBe(transport.protocol);
  });

  test('errors keep their codes and texts', async () => {
    const reports: RpcServerReport[] = [];
    const { echo } = await start({ onReport: (report) => reports.push(report) });
    await expect(echo.fail(text(''))).rejects.toMatchObject({
      code: 'not_found',
      message: 'container not created: not found',
    });
    await expect(echo.fail(text('plain'))).rejects.toMatchObject({
      code: 'unknown',
      message: 'cannot start a running process',
    });
    await expect(echo.absent(text(''))).rejects.toMatchObject({ code: 'unimplemented' });
    expect(reports).toMatchObject([{ type: 'handler-error', service: 'sandshim.test.Echo', method: 'Fail' }]);
  });

  test('metadata and deadline reach the handler', async () => {
    const contexts: CallContext[] = [];
    const { echo } = await start({ observer: { onContext: (context) => contexts.push(context) } });
    await echo.echo(text(''), { timeoutMs: 5000, metadata: { 'Some-Key': 'k8s.io' } });
    await echo.echo(text(''));
    expect(contexts[0]?.metadata.get('some-key')).toEqual(['k8s.io']);
    expect(contexts[0]?.deadline?.getTime()).toBeGreaterThan(Date.now());
    expect(contexts[1]?.deadline).toBeUndefined();
  });

  test('a deadline ends the call on both sides', async () => {
    const canceled = Promise.withResolvers<unknown>();
    const { echo } = await start({ observer: { onCanceled: canceled.resolve } });
    await expect(echo.hang(text(''), { timeoutMs: 50 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await canceled.promise).toMatchObject({ code: expect.stringMatching(/deadline_exceeded|canceled/) });
  });

  test('a client that leaves fails its calls and cancels their handlers', async () => {
    const canceled = Promise.withResolvers<unknown>();
    const { echo, channel } = await start({ observer: { onCanceled: canceled.resolve } });
    const left = expect(echo.hang(text(''))).rejects.toMatchObject({ code: 'unavailable' });
    await echo.echo(text(''));
    await Promise.all([channel.close(), channel.close()]);
    await left;
    expect(await canceled.promise).toMatchObject({ code: 'canceled' });
  });

  test('a signal abandons a call', async () => {
    const { echo } = await start();
    const signal = AbortSignal.timeout(20);
    await expect(echo.hang(text(''), { signal })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(echo.echo(text(''), { signal })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect((await echo.echo(text('next'))).typeUrl).toBe('next');
  });

  test('a peer that is refused gets no answer', async () => {
    const reports: RpcServerReport[] = [];
    const { path } = await start({ authorize: () => false, onReport: (report) => reports.push(report) });
    const socket = connect(path).on('error', () => undefined);
    const received: unknown[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received).toEqual([]);
    expect(reports).toContainEqual({ type: 'refused' });
  });

  test('a connection that closes without a word does no harm', async () => {
    const { echo, path } = await start();
    for (let index = 0; index < 5; index++) {
      const probe = connect(path);
      await once(probe, 'connect');
      probe.destroy();
    }
    expect((await echo.echo(text('alive'))).typeUrl).toBe('alive');
  });

  test('closing lets running calls answer, then leaves nothing open', async () => {
    const gate = Promise.withResolvers<void>();
    const { server, echo, path, listener } = await start({ observer: { onContext: () => gate.resolve() } });
    const idle = connect(path).on('error', () => undefined);
    await once(idle, 'connect');
    const call = echo.echo(text('last'));
    await gate.promise;
    const closed = server.close({ graceMs: 300 });
    expect((await call).typeUrl).toBe('last');
    await closed;
    await expect(echo.echo(text(''))).rejects.toMatchObject({ code: 'unavailable' });
    expect(listener.listening).toBe(false);
    expect(listener.listenerCount('connection')).toBe(0);
    expect(await new Promise((resolve) => listener.getConnections((_error, count) => resolve(count)))).toBe(0);
  });

  test('closing cancels what does not answer within the grace', async () => {
    const canceled = Promise.withResolvers<unknown>();
    const { server, echo } = await start({ observer: { onCanceled: canceled.resolve } });
    const call = expect(echo.hang(text(''))).rejects.toMatchObject({ code: expect.any(String) });
    await echo.echo(text(''));
    await Promise.all([server.close({ graceMs: 20 }), server.close()]);
    expect(await canceled.promise).toMatchObject({ code: 'canceled' });
    await call;
  });
});
