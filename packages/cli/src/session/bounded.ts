import { setTimeout as sleep } from 'node:timers/promises';

/** What `work` gives, or `late()` once `ms` have passed. Leaves no timer behind. */
export async function bounded<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    return await Promise.race([work, sleep(ms, undefined, { signal }).then(late)]);
  } finally {
    controller.abort();
  }
}

/** Waits for `work`, but not longer than `ms`. */
export async function within(ms: number, work: Promise<void>): Promise<void> {
  await bounded(ms, work, () => undefined);
}
