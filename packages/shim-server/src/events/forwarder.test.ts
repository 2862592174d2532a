import { describe, expect, onTestFinished, test } from 'vitest';
import { type Envelope, EventsDefinition, GrpcEventsDefinition, packAny, TaskStart } from '../api/index.ts';
import { serveGrpc } from '../grpc/server.ts';
import { type CallContext, implementService } from '../rpc/handler.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { serveTtrpc } from '../ttrpc/server.ts';
import { GrpcForwarder } from './grpc-forwarder.ts';
import { TtrpcForwarder } from './ttrpc-forwarder.ts';

type Forward = (request: { envelope: Envelope | undefined }, context: CallContext) => Promise<object>;

const forwarders = [
  {
    protocol: 'ttrpc',
    namespaceKey: 'containerd-namespace-ttrpc',
    serve: serveTtrpc,
    implement: (forward: Forward) => implementService(EventsDefinition, { forward }),
    Forwarder: TtrpcForwarder,
  },
  {
    protocol: 'grpc',
    namespaceKey: 'containerd-namespace',
    serve: serveGrpc,
    implement: (forward: Forward) => implementService(GrpcEventsDefinition, { forward }),
    Forwarder: GrpcForwarder,
  },
];

const envelope: Envelope = {
  timestamp: { seconds: 1n, nanos: 2 },
  namespace: 'k8s.io',
  topic: '/tasks/start',
  event: packAny(TaskStart, { containerId: 'c1', pid: 7 }),
};
const { signal } = new AbortController();

describe.for(forwarders)('over $protocol', ({ serve, implement, Forwarder, namespaceKey }) => {
  async function start(onForward: (envelope: Envelope | undefined, context: CallContext) => unknown) {
    const folder = await createSocketFolder();
    const { listener, path } = await folder.listen();
    const service = implement(async (request, context) => {
      await onForward(request.envelope, context);
      return {};
    });
    const server = serve({ listener, services: [service] });
    const forwarder = new Forwarder({ address: path, connectTimeoutMs: 50, answerTimeoutMs: 200 });
    onTestFinished(async () => {
      await forwarder[Symbol.asyncDispose]();
      await server.close();
      await folder[Symbol.asyncDispose]();
    });
    return { server, forwarder };
  }

  test('an event arrives whole, under its namespace', async () => {
    const seen: unknown[] = [];
    const { forwarder } = await start((event, { metadata }) => seen.push(event, metadata.get(namespaceKey)));
    expect(await forwarder.forward(envelope, { signal })).toEqual({ outcome: 'delivered' });
    expect(seen).toMatchObject([
      { topic: '/tasks/start', namespace: 'k8s.io', timestamp: { seconds: 1n } },
      ['k8s.io'],
    ]);
  });

  test('what containerd refuses was refused', async () => {
    const { forwarder } = await start(() => {
      throw new Error('no');
    });
    expect(await forwarder.forward(envelope, { signal })).toMatchObject({
      outcome: 'refused',
      error: { message: 'no' },
    });
  });

  test('without a containerd nothing is taken', async () => {
    const { forwarder, server } = await start(() => undefined);
    await server.close();
    expect(await forwarder.forward(envelope, { signal })).toMatchObject({ outcome: 'not-taken' });
  });

  test('an event whose answer is lost is uncertain', async () => {
    const taken = Promise.withResolvers<void>();
    const { forwarder, server } = await start(() => {
      taken.resolve();
      return new Promise(() => undefined);
    });
    const result = forwarder.forward(envelope, { signal });
    await taken.promise;
    await server.close();
    expect(await result).toMatchObject({ outcome: 'uncertain' });
  });

  test('an event that is not answered in time is uncertain', async () => {
    const { forwarder } = await start(() => new Promise(() => undefined));
    expect(await forwarder.forward(envelope, { signal })).toMatchObject({ outcome: 'uncertain' });
  });
});
