import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `condition` holds; the test's own bound ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
