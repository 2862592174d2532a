import { expect, onTestFinished, test } from 'vitest';
import { type Envelope, GrpcEventsDefinition, packAny, TaskStart } from '../api/index.ts';
import { serveGrpc } from '../grpc/server.ts';
import { implementService } from '../rpc/handler.ts';
import type { Metadata } from '../rpc/metadata.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { GrpcForwarder } from './grpc-forwarder.ts';

async function startEvents(forward: (envelope: Envelope | undefined, metadata: Metadata) => unknown) {
  const folder = await createSocketFolder();
  const { listener, path } = await folder.listen();
  const service = implementService(GrpcEventsDefinition, {
    forward: async ({ envelope }, { metadata }) => {
      await forward(envelope, metadata);
      return {};
    },
  });
  const server = serveGrpc({ listener, services: [service] });
  const forwarder = new GrpcForwarder({ address: path, connectTimeoutMs: 50, answerTimeoutMs: 5000 });
  onTestFinished(async () => {
    await forwarder[Symbol.asyncDispose]();
    await server.close();
    await folder[Symbol.asyncDispose]();
  });
  return { server, forwarder };
}

const envelope: Envelope = {
  timestamp: { seconds: 1n, nanos: 2 },
  namespace: 'k8s.io',
  topic: '/tasks/start',
  event: packAny(TaskStart, { containerId: 'c1', pid: 7 }),
};
const { signal } = new AbortController();

test('an event arrives whole, under its namespace', async () => {
  const seen: unknown[] = [];
  const { forwarder } = await startEvents((event, metadata) => seen.push(event, metadata.get('containerd-namespace')));
  expect(await forwarder.forward(envelope, { signal })).toEqual({ outcome: 'delivered' });
  expect(seen).toMatchObject([{ topic: '/tasks/start', namespace: 'k8s.io', timestamp: { seconds: 1n } }, ['k8s.io']]);
});

test('what containerd refuses was refused', async () => {
  const { forwarder } = await startEvents(() => {
    throw new Error('no');
  });
  expect(await forwarder.forward(envelope, { signal })).toMatchObject({ outcome: 'refused' });
});

test('without a containerd nothing is taken', async () => {
  const { forwarder, server } = await startEvents(() => undefined);
  await server.close();
  expect(await forwarder.forward(envelope, { signal })).toMatchObject({ outcome: 'not-taken' });
});

test('an event whose answer is lost is uncertain', async () => {
  const taken = Promise.withResolvers<void>();
  const { forwarder, server } = await startEvents(() => {
    taken.resolve();
    return new Promise(() => undefined);
  });
  const result = forwarder.forward(envelope, { signal });
  await taken.promise;
  await server.close();
  expect(await result).toMatchObject({ outcome: 'uncertain' });
});
