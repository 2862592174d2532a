import { describe, expect, it } from 'vitest';
import { operationQueue } from './operation-queue.ts';

describe('an operation queue', () => {
  it('runs one operation after the other, failed ones too', async () => {
    const queue = operationQueue();
    const log: string[] = [];
    const step = (name: string, fails = false) =>
      queue.run(async () => {
        log.push(`begin ${name}`);
        await Promise.resolve();
        log.push(`end ${name}`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([step('a'), step('b', true), step('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
  });

  it('never begins an operation that was canceled while it waited', async () => {
    const queue = operationQueue();
    const gate = Promise.withResolvers<void>();
    const first = queue.run(() => gate.promise);
    const controller = new AbortController();
    let begun = false;
    const second = queue.run(
      async () => {
        begun = true;
      },
      { signal: controller.signal },
    );
    controller.abort();
    gate.resolve();
    await first;
    await expect(second).rejects.toMatchObject({ code: 'canceled' });
    expect(begun).toBe(false);
  });
});
