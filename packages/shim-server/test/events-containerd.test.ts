import { packAny, TaskStart } from '@sandshim/shim-server/api';
import { expect, test } from 'vitest';
import { type Containerd, containerdVersions, startContainerd, watchEvents } from '../../../tests/support/index.ts';
import { createEventPublisher } from '../src/events/create-publisher.ts';
import type { LostEvent } from '../src/events/queued-publisher.ts';

function publisherFor(containerd: Containerd, protocol: 'ttrpc' | 'grpc') {
  const lost: LostEvent[] = [];
  const { address } = containerd.paths;
  const publisher = createEventPublisher({
    namespace: containerd.namespace,
    ...(protocol === 'ttrpc' ? { ttrpcAddress: `${address}.ttrpc` } : { grpcAddress: address }),
    onLost: (event) => lost.push(event),
  });
  const publish = (pids: readonly number[]) => {
    for (const pid of pids) {
      publisher.publish({ topic: '/tasks/start', event: packAny(TaskStart, { containerId: protocol, pid }) });
    }
  };
  return { publisher, publish, lost, [Symbol.asyncDispose]: () => publisher.close() };
}

test.for(containerdVersions)('containerd %s publishes what we forward, in order and once', async (version) => {
  await using containerd = await startContainerd({ version });
  await using ttrpc = publisherFor(containerd, 'ttrpc');
  await using grpc = publisherFor(containerd, 'grpc');
  const senders = { ttrpc, grpc };
  const pids = Array.from({ length: 200 }, (_, index) => index + 1);

  const publishAndSee = async () => {
    await using watch = await watchEvents(containerd);
    for (const [name, sender] of Object.entries(senders)) {
      sender.publish(pids);
      await sender.publisher.flush();
      await expect.poll(() => watch.of(name).at(-1)?.fields['pid']).toBe(pids.at(-1));
      expect(watch.of(name).map(({ fields }) => fields['pid'])).toEqual(pids);
    }
  };
  await publishAndSee();

  await containerd.stop('SIGKILL');
  ttrpc.publish([1000]);
  grpc.publish([1000]);
  await containerd.restart();
  await Promise.all([ttrpc.publisher.flush(), grpc.publisher.flush()]);
  await publishAndSee();
  expect(ttrpc.lost).toEqual([]);
  // A gRPC call that meets the end of its connection may have been taken: it is reported, not sent again.
  expect(grpc.lost.map(({ reason }) => reason)).toSatisfy((reasons) => ['', 'uncertain'].includes(reasons.join()));
});
