import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { settledWithin, timeIsUp, unlessAborted } from './bounded.ts';

it('a promise that settles in time is answered, another one is not waited for', async () => {
  expect(await settledWithin(Promise.resolve(1), 10_000)).toBe(1);
  expect(await settledWithin(new Promise(() => undefined), 1)).toBe(timeIsUp);
});

it('an abort ends a wait with canceled, and no wait leaves a listener', async () => {
  const controller = new AbortController();
  expect(await unlessAborted(Promise.resolve(1), controller.signal)).toBe(1);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  const wait = unlessAborted(new Promise(() => undefined), controller.signal);
  controller.abort();
  await expect(wait).rejects.toMatchObject({ code: 'canceled' });
  await expect(unlessAborted(Promise.resolve(1), controller.signal)).rejects.toMatchObject({ code: 'canceled' });
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});
