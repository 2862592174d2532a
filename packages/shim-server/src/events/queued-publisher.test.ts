import { expect, test } from 'vitest';
import type { Envelope } from '../api/gen/containerd/types/envelope.ts';
import { dateFromTimestamp } from '../api/timestamp.ts';
import type { EventForwarder, ForwardResult } from './forwarder.ts';
import { type LostEvent, QueuedPublisher, type QueueLimits } from './queued-publisher.ts';

const limits: QueueLimits = { capacity: 5, maxRefusals: 2, retryMs: { min: 1, max: 4 } };
const failed = (outcome: 'not-taken' | 'refused' | 'uncertain'): ForwardResult => ({
  outcome,
  error: new Error(outcome),
});
const delivered: ForwardResult = { outcome: 'delivered' };
const event = (name: string) => ({ topic: name, event: { typeUrl: name, value: new Uint8Array() } });

/** Answers each attempt with what `script` gives for it, and remembers the attempts. */
function scripted(script: (envelope: Envelope, attempt: number) => ForwardResult | Promise<ForwardResult>) {
  const attempts: string[] = [];
  const envelopes: Envelope[] = [];
  let disposed = 0;
  const forwarder: EventForwarder = {
    forward: async (envelope) => {
      attempts.push(envelope.topic);
      envelopes.push(envelope);
      return script(envelope, attempts.length);
    },
    [Symbol.asyncDispose]: async () => void disposed++,
  };
  const lost: LostEvent[] = [];
  const publisher = new QueuedPublisher({
    forwarder,
    namespace: 'k8s.io',
    limits,
    onLost: (item) => lost.push(item),
  });
  return { publisher, attempts, envelopes, lost, disposals: () => disposed };
}

test('events are forwarded one at a time, in order, with their namespace and time', async () => {
  let running = 0;
  const { publisher, attempts, envelopes } = scripted(async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return delivered;
  });
  const timestamp = new Date(1_700_000_000_123);
  for (const name of ['a', 'b', 'c']) publisher.publish({ ...event(name), timestamp });
  await publisher.flush();
  expect(attempts).toEqual(['a', 'b', 'c']);
  expect(envelopes[0]).toMatchObject({ namespace: 'k8s.io', event: { typeUrl: 'a' } });
  expect(dateFromTimestamp(envelopes[0]?.timestamp)).toEqual(timestamp);
});

test('an event that was not taken is tried again, for ever, and none overtakes it', async () => {
  const { publisher, attempts, lost } = scripted((_envelope, attempt) =>
    attempt <= 20 ? failed('not-taken') : delivered,
  );
  publisher.publish(event('a'));
  publisher.publish(event('b'));
  await publisher.flush();
  expect(attempts).toEqual([...Array.from({ length: 21 }, () => 'a'), 'b']);
  expect(lost).toEqual([]);
});

test('an event whose fate is uncertain is not sent twice', async () => {
  const { publisher, attempts, lost } = scripted(({ topic }) => (topic === 'a' ? failed('uncertain') : delivered));
  publisher.publish(event('a'));
  publisher.publish(event('b'));
  await publisher.flush();
  expect(attempts).toEqual(['a', 'b']);
  expect(lost).toMatchObject([{ reason: 'uncertain', envelope: { topic: 'a' } }]);
});

test('an event that is refused again and again is given up', async () => {
  const { publisher, attempts, lost } = scripted(({ topic }) => (topic === 'a' ? failed('refused') : delivered));
  publisher.publish(event('a'));
  publisher.publish(event('b'));
  await publisher.flush();
  expect(attempts).toEqual(['a', 'a', 'a', 'b']);
  expect(lost).toMatchObject([{ reason: 'refused', envelope: { topic: 'a' }, error: expect.any(Error) }]);
});

test('a full queue evicts its oldest waiting event, never the one under way', async () => {
  const gate = Promise.withResolvers<void>();
  const { publisher, attempts, lost } = scripted(() => gate.promise.then(() => delivered));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) publisher.publish(event(name));
  expect(lost.map(({ reason, envelope }) => [reason, envelope.topic])).toEqual([
    ['queue-full', 'b'],
    ['queue-full', 'c'],
  ]);
  gate.resolve();
  await publisher.flush();
  expect(attempts).toEqual(['a', 'd', 'e', 'f', 'g']);
});

test('publishing goes on after the queue has run empty', async () => {
  const { publisher, attempts } = scripted(() => delivered);
  for (const name of ['a', 'b']) {
    publisher.publish(event(name));
    await publisher.flush();
  }
  expect(attempts).toEqual(['a', 'b']);
});

test('flushing stops waiting when it is told to', async () => {
  const { publisher } = scripted(() => failed('not-taken'));
  publisher.publish(event('a'));
  await expect(publisher.flush({ signal: AbortSignal.timeout(10) })).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
  await publisher.close();
});

test('closing within its grace delivers what waits, then takes nothing more', async () => {
  const { publisher, attempts, lost, disposals } = scripted(async (_envelope, attempt) => {
    return attempt <= 3 ? failed('not-taken') : delivered;
  });
  publisher.publish(event('a'));
  publisher.publish(event('b'));
  await Promise.all([publisher.close({ graceMs: 60_000 }), publisher.close()]);
  expect(attempts).toEqual(['a', 'a', 'a', 'a', 'b']);
  publisher.publish(event('late'));
  expect(lost).toMatchObject([{ reason: 'closed', envelope: { topic: 'late' } }]);
  expect(disposals()).toBe(1);
});

test('closing without grace says what it leaves behind', async () => {
  const { publisher, lost, disposals } = scripted(() => failed('not-taken'));
  publisher.publish(event('a'));
  publisher.publish(event('b'));
  await publisher.close();
  expect(lost.map(({ reason, envelope }) => [reason, envelope.topic])).toEqual([
    ['closed', 'a'],
    ['closed', 'b'],
  ]);
  expect(disposals()).toBe(1);
});
