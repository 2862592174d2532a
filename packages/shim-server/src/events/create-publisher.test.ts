import { expect, test } from 'vitest';
import { packAny, TaskOOM } from '../api/index.ts';
import { createEventPublisher } from './create-publisher.ts';
import { nonePublisher } from './publisher.ts';
import { QueuedPublisher } from './queued-publisher.ts';

test('without an address nothing is published and nothing fails', async () => {
  for (const addresses of [{}, { ttrpcAddress: '' }, { ttrpcAddress: '', grpcAddress: '' }]) {
    const publisher = createEventPublisher({ namespace: 'default', ...addresses });
    expect(publisher).toBe(nonePublisher);
    publisher.publish({ topic: '/tasks/oom', event: packAny(TaskOOM, { containerId: 'c1' }) });
    await publisher.flush();
    await publisher.close({ graceMs: 1000 });
  }
});

test('an address gives a queue, which connects to nothing by itself', async () => {
  for (const addresses of [{ ttrpcAddress: '/nowhere' }, { grpcAddress: '/nowhere' }]) {
    const publisher = createEventPublisher({ namespace: 'default', ...addresses });
    expect(publisher).toBeInstanceOf(QueuedPublisher);
    await publisher.flush();
    await publisher.close();
  }
});
