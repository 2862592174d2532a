import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSys } from '@sandshim/io/sys';
import { copyKinds } from './lib/copy-under-test.ts';
import { measureIdle } from './lib/idle.ts';
import { measureLatency } from './lib/latency.ts';
import { measureThroughput } from './lib/throughput.ts';

// One run of one subject in a process of its own, so that each has its own CPU time: KIND MEASURE STREAMS AMOUNT.
const [kind, measure, streams, amount] = process.argv.slice(2);
const subject = copyKinds.find((known) => known === kind);
if (subject === undefined) throw new Error(`not one of ${copyKinds.join(', ')}: ${kind}`);
const folder = mkdtempSync(join(tmpdir(), 'sandshim-bench-'));
try {
  const run = { sys: await openSys(), kind: subject, folder };
  const result =
    measure === 'latency'
      ? await measureLatency({ ...run, lines: Number(amount) })
      : measure === 'idle'
        ? await measureIdle({ ...run, streams: Number(streams), forMs: Number(amount) })
        : await measureThroughput({ ...run, streams: Number(streams), mib: Number(amount) });
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
