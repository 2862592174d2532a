import { expect, onTestFinished, test } from 'vitest';
import { packAny, TaskOOM, TaskStart } from '../api/index.ts';
import { MockEventsServer } from '../testing/mock-events-server.ts';
import { createSocketFolder } from '../testing/socket-folder.ts';
import { type LostEvent, QueuedPublisher } from './queued-publisher.ts';
import { type ForwarderOptions, TtrpcForwarder } from './ttrpc-forwarder.ts';

async function socketPath(): Promise<string> {
  const folder = await createSocketFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return `${folder.path}/containerd.sock.ttrpc`;
}

function publishTo(address: string, options: Partial<ForwarderOptions> = {}) {
  const lost: LostEvent[] = [];
  const publisher = new QueuedPublisher({
    forwarder: new TtrpcForwarder({ address, ...options }),
    namespace: 'k8s.io',
    limits: { capacity: 10_000, maxRefusals: 5, retryMs: { min: 1, max: 20 } },
    onLost: (event) => lost.push(event),
  });
  onTestFinished(() => publisher.close());
  return { publisher, lost };
}

const start = (pid: number) => ({ topic: '/tasks/start', event: packAny(TaskStart, { containerId: 'c1', pid }) });

function pids(server: MockEventsServer): number[] {
  return server.events.map(({ event }) => (event.type === 'TaskStart' ? event.message.pid : -1));
}

test('events arrive with topic, namespace, metadata and message', async () => {
  await using server = await MockEventsServer.listen(await socketPath());
  const { publisher } = publishTo(server.path);
  publisher.publish(start(77));
  publisher.publish({ topic: '/tasks/oom', event: packAny(TaskOOM, { containerId: 'c1' }) });
  await publisher.flush();
  expect(server.events).toMatchObject([
    {
      topic: '/tasks/start',
      namespace: 'k8s.io',
      event: { type: 'TaskStart', message: { containerId: 'c1', pid: 77 } },
    },
    { topic: '/tasks/oom', namespace: 'k8s.io', event: { type: 'TaskOOM', message: { containerId: 'c1' } } },
  ]);
  expect(server.events[0]?.metadata.get('containerd-namespace-ttrpc')).toEqual(['k8s.io']);
});

test('events wait for a containerd that is not there yet', async () => {
  const path = await socketPath();
  const { publisher, lost } = publishTo(path);
  for (let pid = 0; pid < 20; pid++) publisher.publish(start(pid));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await using server = await MockEventsServer.listen(path);
  await publisher.flush();
  expect(pids(server)).toEqual(Array.from({ length: 20 }, (_, pid) => pid));
  expect(lost).toEqual([]);
});

test('a containerd that is killed and restarted under load gets every event once and in order', async () => {
  const count = 3000;
  await using server = await MockEventsServer.listen(await socketPath());
  const { publisher, lost } = publishTo(server.path);
  const load = (async () => {
    for (let pid = 0; pid < count; pid++) {
      publisher.publish(start(pid));
      if (pid % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  for (let round = 1; round <= 8; round++) {
    await server.waitForCount(round * 250);
    await server.kill();
    await server.restart();
  }
  await load;
  await publisher.flush();
  // Each event arrived exactly once: one whose answer was lost had been recorded, and is not sent again.
  expect(pids(server)).toEqual(Array.from({ length: count }, (_, pid) => pid));
  expect(lost.every(({ reason }) => reason === 'uncertain')).toBe(true);
});

test('an event that containerd refuses at first is published later, before the next', async () => {
  let refusals = 3;
  await using server = await MockEventsServer.listen(await socketPath(), {
    before: () => {
      if (refusals-- > 0) throw new Error('exchange is not ready');
    },
  });
  const { publisher, lost } = publishTo(server.path);
  publisher.publish(start(1));
  publisher.publish(start(2));
  await publisher.flush();
  expect(pids(server)).toEqual([1, 2]);
  expect(lost).toEqual([]);
});

test('a containerd that never answers is given up with its event, and the next one goes to a new connection', async () => {
  let hang = true;
  await using server = await MockEventsServer.listen(await socketPath(), {
    before: async () => {
      if (hang) await new Promise(() => undefined);
    },
  });
  const { publisher, lost } = publishTo(server.path, { answerTimeoutMs: 30 });
  publisher.publish(start(1));
  await expect.poll(() => lost.length).toBe(1);
  hang = false;
  publisher.publish(start(2));
  await publisher.flush();
  expect(lost).toMatchObject([{ reason: 'uncertain' }]);
  expect(pids(server)).toEqual([2]);
});

test('closing leaves no connection behind', async () => {
  const pipes = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('Pipe')).length;
  await using server = await MockEventsServer.listen(await socketPath());
  const before = pipes();
  const { publisher } = publishTo(server.path);
  publisher.publish(start(1));
  await publisher.flush();
  expect(pids(server)).toEqual([1]);
  expect(pipes()).toBe(before + 2);
  await publisher.close();
  await expect.poll(pipes).toBe(before);
});
