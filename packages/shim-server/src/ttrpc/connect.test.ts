import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../rpc/client.ts';
import { echoDefinition, echoService, text } from '../testing/echo-service.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { connectTtrpc, parseSocketAddress } from './connect.ts';
import { serveTtrpc } from './server.ts';

test('connecting to nothing is unavailable, and says where', async () => {
  const folder = await createSocketFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const path = `${folder.path}/absent`;
  await expect(connectTtrpc(`unix://${path}`)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(path),
  });
  await expect(connectTtrpc(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'canceled' });
});

test('socket addresses are taken as containerd writes them', () => {
  expect(parseSocketAddress('unix:///run/containerd/s/ab')).toBe('/run/containerd/s/ab');
  expect(parseSocketAddress('/run/containerd/containerd.sock.ttrpc')).toBe('/run/containerd/containerd.sock.ttrpc');
  expect(parseSocketAddress('@/containerd-shim/x')).toBe('\0/containerd-shim/x');
  for (const bad of ['', 'vsock://3:1024', 'relative/path', 'unix://']) {
    expect(() => parseSocketAddress(bad)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  }
});

test('a client connects to an abstract socket', async () => {
  const name = `sandshim-test-${process.pid}-${Math.random()}`;
  const listener = createServer().listen(`\0${name}`);
  await once(listener, 'listening');
  const server = serveTtrpc({ listener, services: [echoService()] });
  const client = await connectTtrpc(`@${name}`);
  expect((await createClient(echoDefinition, { channel: client }).echo(text('hi'))).typeUrl).toBe('hi');
  await client.close();
  await server.close();
});
