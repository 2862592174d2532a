import { unique } from '../../tests/support/unique.ts';
import type { Probe } from '../lib/alternate.ts';
import { openBareRuntime } from '../lib/bare.ts';
import type { Row } from '../lib/row.ts';
import { openShim } from '../lib/shim.ts';
import type { Subject } from '../lib/subject.ts';
import { timed } from '../lib/time.ts';

/** Create, Start, Kill (until the exit is told) and Delete of one container, each rpc by itself. */
export const lifecycle: Row = {
  id: 'lifecycle',
  figures: [
    { id: 'create', title: 'create', unit: 'ms', better: 'less' },
    { id: 'start', title: 'start of the process', unit: 'ms', better: 'less' },
    { id: 'kill', title: 'kill until the exit is told', unit: 'ms', better: 'less' },
    { id: 'delete', title: 'delete', unit: 'ms', better: 'less' },
  ],
  withSpares: true,
  open: (subject) => (subject.role === 'floor' ? openBare(subject) : openShimProbe(subject)),
};

async function openShimProbe(subject: Subject): Promise<Probe> {
  const shim = await openShim(subject);
  return {
    measure: async () => {
      const started = await shim.start();
      const { id, task } = started;
      const create = await shim.create(started);
      const process = { id, execId: '' };
      const start = await timed(() => task.start(process));
      const waited = task.wait(process);
      const kill = await timed(async () => {
        await task.kill({ ...process, signal: 9, all: false });
        await waited;
      });
      const figures = { create, start, kill, delete: await timed(() => task.delete(process)) };
      await task.shutdown({ id, now: true }).catch(() => undefined);
      return figures;
    },
    [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
  };
}

async function openBare(subject: Subject): Promise<Probe> {
  const runtime = await openBareRuntime(subject);
  return {
    measure: async () => {
      const id = unique('r');
      const bundle = await runtime.bundle(['sleep', '100000']);
      const create = await runtime.command(['create', '--bundle', bundle, id]);
      const start = await runtime.command(['start', id]);
      const kill = await runtime.command(['kill', id, 'KILL']);
      return { create, start, kill, delete: await timed(() => remove(runtime, id)) };
    },
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}

/** Nobody tells us when a killed container is gone, so it is asked for until it is. */
async function remove(runtime: { command(args: readonly string[]): Promise<number> }, id: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const failed = await runtime.command(['delete', id]).catch((error: unknown) => error);
    if (typeof failed === 'number') return;
  }
  await runtime.command(['delete', '--force', id]);
}
