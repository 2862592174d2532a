import { unique } from '../../tests/support/unique.ts';
import { openBareRuntime } from '../lib/bare.ts';
import { openCtr } from '../lib/ctr.ts';
import type { Row } from '../lib/row.ts';
import { timed } from '../lib/time.ts';

const target = { runsc: 1.15, 'runsc-spare': 1, runc: 1.2, 'runc-spare': 1.2 };

/** `ctr run --rm … true`, and the runtime's own `run`. */
export const run: Row = {
  id: 'run',
  figures: [{ id: 'run', title: 'ctr run --rm true', unit: 'ms', better: 'less', target }],
  withSpares: true,
  open: async (subject) => {
    if (subject.role === 'floor') {
      const runtime = await openBareRuntime(subject);
      const bundle = await runtime.bundle(['true']);
      return {
        measure: async () => ({ run: await runtime.command(['run', '--bundle', bundle, unique('r')]) }),
        [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
      };
    }
    const ctr = await openCtr(subject);
    return {
      measure: async () => ({ run: await timed(() => ctr.run(['true'], ['--rm'])) }),
      [Symbol.asyncDispose]: () => ctr[Symbol.asyncDispose](),
    };
  },
};
