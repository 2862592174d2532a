import type { Row } from '../lib/row.ts';
import { openShim } from '../lib/shim.ts';

/** The shim's start action: until it has printed its address and its caller may go on. */
export const start: Row = {
  id: 'start',
  figures: [{ id: 'start', title: 'shim start', unit: 'ms', better: 'less' }],
  withSpares: true,
  open: async (subject) => {
    if (subject.role === 'floor') return undefined;
    const shim = await openShim(subject);
    return {
      measure: async () => {
        const { id, ms, task } = await shim.start();
        // It goes away again, as after a container.
        await task.shutdown({ id, now: true }).catch(() => undefined);
        return { start: ms };
      },
      [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
    };
  },
};
