import { setTimeout as sleep } from 'node:timers/promises';
import { helpersOf, pssOf } from '../lib/memory.ts';
import type { FigureSpec, Row } from '../lib/row.ts';
import { openShim, podAnnotations, type Shim } from '../lib/shim.ts';
import { spareReady, sparesOf } from '../lib/spares.ts';
import { inParallel } from '../lib/time.ts';

/** How long nothing happens before memory is looked at. */
export interface Settling {
  readonly settleMs: number;
}

/** The memory of what serves the containers that `fill` makes: the shims, and every command that they keep running. */
function memoryRow(
  id: string,
  figure: Omit<FigureSpec, 'id' | 'unit' | 'better'>,
  fill: (shim: Shim) => Promise<void>,
) {
  return ({ settleMs }: Settling): Row => ({
    id,
    figures: [{ id, unit: 'MiB', better: 'less', ...figure }],
    warmUps: 0,
    open: async (subject) => {
      if (subject.role === 'floor') return undefined;
      return {
        measure: async () => {
          await using shim = await openShim(subject);
          await fill(shim);
          const look = await memoryOf(shim);
          await sleep(settleMs);
          return { [id]: await look() };
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  });
}

/** Finds the shims now, and answers how to look at them later without a question that would wake them. */
async function memoryOf(shim: Shim): Promise<() => Promise<number>> {
  const shims = await shim.pids();
  return async () => {
    const helpers = await Promise.all(shims.map((pid) => helpersOf(pid)));
    return pssOf([...shims, ...helpers.flat()]);
  };
}

export const memoryOfOne = memoryRow(
  'memory-1',
  { title: 'memory, 1 container', target: { runsc: 1.2 } },
  async (shim) => {
    await shim.run();
  },
);

export const memoryOfTwenty = memoryRow('memory-20', { title: 'memory, 20 containers' }, async (shim) => {
  await inParallel({ count: 20, width: 2 }, () => shim.run());
});

export const memoryOfPod = memoryRow(
  'memory-pod',
  { title: 'memory, a pod of 20', target: { runsc: 0.3, runc: 1 } },
  async (shim) => {
    const { id } = await shim.run();
    for (let more = 1; more < 20; more += 1) await shim.run({ annotations: podAnnotations(id) });
  },
);

/** What a host pays for a spare that waits. */
export function memoryOfSpare({ settleMs }: Settling): Row {
  return {
    id: 'memory-spare',
    figures: [{ id: 'memory-spare', title: 'memory, a spare that waits', unit: 'MiB', better: 'less' }],
    ...{ warmUps: 0, withSpares: true },
    open: async (subject) => {
      if (subject.spares === undefined) return undefined;
      const shim = await openShim(subject);
      return {
        measure: async () => {
          const { id, task } = await shim.start();
          await task.shutdown({ id, now: true }).catch(() => undefined);
          await spareReady(subject);
          await sleep(settleMs);
          return { 'memory-spare': await pssOf(sparesOf(subject)) };
        },
        [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
      };
    },
  };
}

/** What a thousand execs leave in memory. */
export function growth({ settleMs }: Settling): Row {
  return {
    id: 'growth',
    figures: [{ id: 'growth', title: 'growth over 1,000 execs', unit: 'MiB', better: 'less' }],
    ...{ runs: 1, warmUps: 0 },
    open: async (subject) => {
      if (subject.role === 'floor') return undefined;
      const shim = await openShim(subject);
      const container = await shim.run();
      return {
        measure: async () => {
          // What is loaded and compiled for the first ones is no growth.
          await inParallel({ count: 50, width: 8 }, (slot) => shim.exec(container, slot));
          const look = await memoryOf(shim);
          await sleep(settleMs);
          const before = await look();
          await inParallel({ count: 1000, width: 8 }, (slot) => shim.exec(container, slot));
          await sleep(settleMs);
          return { growth: (await look()) - before };
        },
        [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
      };
    },
  };
}
