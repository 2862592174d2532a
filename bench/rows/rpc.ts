import { unique } from '../../tests/support/unique.ts';
import { openBareRuntime } from '../lib/bare.ts';
import type { FigureSpec, Row } from '../lib/row.ts';
import { openShim } from '../lib/shim.ts';
import { timed } from '../lib/time.ts';

// SIGWINCH: a process that does not care for it never knows.
const harmless = 28;
const calls = 10;

function latency(id: string, title: string): FigureSpec {
  return { id, title: `${title} rpc`, unit: 'ms', better: 'less', target: { runsc: 0.1 } };
}

/** What an orchestrator asks again and again. */
export const rpc: Row = {
  id: 'rpc',
  // Both of ours answer State from memory.
  figures: [
    { ...latency('state', 'State'), standIn: 'floor' },
    latency('pids', 'Pids'),
    latency('stats', 'Stats'),
    latency('kill', 'Kill'),
  ],
  open: async (subject) => {
    if (subject.role === 'floor') {
      const runtime = await openBareRuntime(subject);
      const id = unique('r');
      await runtime.command(['create', '--bundle', await runtime.bundle(['sleep', '100000']), id]);
      await runtime.command(['start', id]);
      return {
        measure: async () => ({
          state: await runtime.command(['state', id]),
          pids: await runtime.command(['ps', '--format', 'json', id]),
          stats: await runtime.command(['events', '--stats', id]),
          kill: await runtime.command(['kill', id, 'WINCH']),
        }),
        [Symbol.asyncDispose]: async () => {
          await runtime.command(['delete', '--force', id]);
          await runtime[Symbol.asyncDispose]();
        },
      };
    }
    const shim = await openShim(subject);
    const { id, task } = await shim.run();
    const each = async (call: () => Promise<unknown>): Promise<number> => {
      const all = await timed(async () => {
        for (let done = 0; done < calls; done += 1) await call();
      });
      return all / calls;
    };
    return {
      measure: async () => ({
        state: await each(() => task.state({ id, execId: '' })),
        pids: await each(() => task.pids({ id })),
        stats: await each(() => task.stats({ id })),
        kill: await each(() => task.kill({ id, execId: '', signal: harmless, all: false })),
      }),
      [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
    };
  },
};
