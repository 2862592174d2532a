import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { unique } from '../../tests/support/unique.ts';
import { cpuTimeOf } from '../lib/memory.ts';
import type { Row } from '../lib/row.ts';
import { openShim } from '../lib/shim.ts';

const mib = 512;

/** What a container writes to stdout, until its client has all of it, and what that costs the shim. */
export const stdout: Row = {
  id: 'stdout',
  figures: [
    { id: 'rate', title: 'stdout', unit: 'MiB/s', better: 'more', standIn: 'none', target: { runsc: 2, runc: 2 } },
    {
      ...{ id: 'cpu', title: "the shim's CPU for 1 GiB of stdout", unit: 'ms/GiB', better: 'less', standIn: 'none' },
      target: { runsc: 0.5, runc: 0.5 },
    },
  ],
  open: async (subject) => {
    if (subject.role === 'floor') return undefined;
    const shim = await openShim(subject);
    return {
      measure: async () => {
        const args = ['dd', 'if=/dev/zero', 'bs=1M', `count=${mib}`];
        const started = await shim.start({ args });
        const fifo = await shim.fifo(unique('out'));
        await shim.create(started, fifo);
        const pid = (await started.task.connect({ id: started.id })).shimPid;
        const cpuBefore = await cpuTimeOf(pid);
        const reader = spawn('dd', [`if=${fifo}`, 'of=/dev/null', 'bs=1M', `count=${mib}`, 'iflag=fullblock'], {
          stdio: 'ignore',
        });
        const read = once(reader, 'exit');
        const before = performance.now();
        const waited = started.task.wait({ id: started.id, execId: '' });
        await started.task.start({ id: started.id, execId: '' });
        await read;
        const ms = performance.now() - before;
        const cpu = (await cpuTimeOf(pid)) - cpuBefore;
        await waited;
        await started.task.delete({ id: started.id, execId: '' });
        await started.task.shutdown({ id: started.id, now: true }).catch(() => undefined);
        return { rate: (mib * 1000) / ms, cpu: (cpu * 1024) / mib };
      },
      [Symbol.asyncDispose]: () => shim[Symbol.asyncDispose](),
    };
  },
};
