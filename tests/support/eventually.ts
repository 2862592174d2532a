import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** What is waited for, in words; part of the error. */
  readonly what: string;
  /** The bound that only a hang reaches. Default 30 s. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Asks again and again until the answer is not undefined. Throws when the bound passes. */
export async function eventually<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  { what, timeoutMs = 30_000, everyMs = 20 }: EventuallyOptions,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(everyMs);
  }
}
