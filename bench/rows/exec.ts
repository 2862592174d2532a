import { unique } from '../../tests/support/unique.ts';
import { openBareRuntime } from '../lib/bare.ts';
import { openCtr } from '../lib/ctr.ts';
import type { Row } from '../lib/row.ts';
import { openShim } from '../lib/shim.ts';
import { inParallel, timed } from '../lib/time.ts';

const inRow = 10;

/** Exec of `true` by the shim's own rpcs, from added to deleted, one after the other. */
export const execOneByOne: Row = {
  id: 'exec',
  figures: [
    { id: 'exec', title: 'exec of true, one by one', unit: 'ms', better: 'less', target: { runsc: 0.35, runc: 1.2 } },
  ],
  open: async (subject) => {
    if (subject.role === 'floor') {
      const runtime = await openBareRuntime(subject);
      const id = unique('r');
      await runtime.command(['create', '--bundle', await runtime.bundle(['sleep', '100000']), id]);
      await runtime.command(['start', id]);
      return {
        measure: async () => ({ exec: await runtime.command(['exec', id, 'true']) }),
        [Symbol.asyncDispose]: async () => {
          await runtime.command(['delete', '--force', id]);
          await runtime[Symbol.asyncDispose]();
        },
      };
    }
    const shim = await openShim(subject);
    const container = await shim.run();
    return {
      measure: async () => {
        const all = await timed(() => inParallel({ count: inRow, width: 1 }, () => shim.exec(container)));
        return { exec: all / inRow };
      },
      [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
    };
  },
};

/** Execs of `true`, 8 and 32 at a time. */
export const execParallel: Row = {
  id: 'exec-parallel',
  figures: [
    { id: 'at8', title: 'execs of true, 8 at a time', unit: 'per s', better: 'more' },
    { id: 'at32', title: 'execs of true, 32 at a time', unit: 'per s', better: 'more', target: { runsc: 3 } },
  ],
  open: async (subject) => {
    if (subject.role === 'floor') return undefined;
    const shim = await openShim(subject);
    const container = await shim.run();
    const rate = async (width: number, count: number): Promise<number> => {
      const ms = await timed(() => inParallel({ count, width }, (slot) => shim.exec(container, slot)));
      return (count * 1000) / ms;
    };
    return {
      measure: async () => ({ at8: await rate(8, 32), at32: await rate(32, 32) }),
      [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
    };
  },
};

/** `ctr task exec … true`. */
export const execByCtr: Row = {
  id: 'ctr-exec',
  figures: [{ id: 'ctr', title: 'ctr task exec true', unit: 'ms', better: 'less', target: { runsc: 0.35, runc: 1.2 } }],
  open: async (subject) => {
    if (subject.role === 'floor') return undefined;
    const ctr = await openCtr(subject);
    const id = await ctr.run(['sleep', '100000'], ['-d']);
    return {
      measure: async () => ({ ctr: await timed(() => ctr.exec(id)) }),
      [Symbol.asyncDispose]: () => ctr[Symbol.asyncDispose](),
    };
  },
};
