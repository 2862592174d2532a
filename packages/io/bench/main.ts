import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CopyKind } from './lib/copy-under-test.ts';
import { options, usage } from './lib/options.ts';
import { machine, type Row, rows } from './lib/rows.ts';
import { ratioOf, type Spread, spreadOf } from './lib/statistics.ts';

// Measures what it costs to bring a process's output to its client, against what else could do it.
const values = options();

interface Measured {
  readonly row: Row;
  readonly samples: ReadonlyMap<CopyKind, readonly number[]>;
}

const program = fileURLToPath(new URL('./copy-once.ts', import.meta.url));
const execute = promisify(execFile);

/** One run in a process of its own. */
async function runOnce(kind: CopyKind, { measure, streams, amount }: Row): Promise<Readonly<Record<string, unknown>>> {
  const args = ['--conditions=@sandshim/source', program, kind, measure, String(streams), String(amount)];
  const { stdout } = await execute(process.execPath, args);
  return JSON.parse(stdout);
}

/** Rows that come from the same run share it: all kinds in turn, so that what the machine does touches them alike. */
async function measureTogether(together: readonly Row[], runs: number): Promise<Measured[]> {
  const measured = together.map((row) => ({ row, samples: new Map<CopyKind, number[]>() }));
  const [first] = together;
  if (first === undefined) return [];
  for (let run = -1; run < runs; run++) {
    for (const kind of first.kinds) {
      const result = await runOnce(kind, first);
      if (run < 0) continue;
      for (const { row, samples } of measured) {
        if (!row.kinds.includes(kind)) continue;
        samples.set(kind, [...(samples.get(kind) ?? []), Number(result[row.figure])]);
      }
    }
  }
  return measured;
}

function text({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;
}

function print({ row, samples }: Measured): void {
  console.log(`${row.title}${row.unit === '' ? '' : `, ${row.unit}`} (${row.better} is better)`);
  const ours = samples.get('sandshim') ?? [];
  for (const [kind, of] of samples) {
    const digits = spreadOf(of).median < 10 ? 2 : 0;
    const ratio = ratioOf(ours, of);
    // Nothing beside nothing is no ratio.
    const beside = kind === 'sandshim' || Number.isNaN(ratio.median) ? '' : `sandshim / ${kind}: ${text(ratio, 2)}`;
    console.log(`  ${kind.padEnd(12)} ${text(spreadOf(of), digits).padEnd(24)} ${beside}`.trimEnd());
  }
}

function asJson({ row, samples }: Measured) {
  const ours = samples.get('sandshim') ?? [];
  const kinds = [...samples].map(([kind, of]) => [
    kind,
    { ...spreadOf(of), samples: of, ...(kind !== 'sandshim' && { ratio: ratioOf(ours, of) }) },
  ]);
  return {
    title: row.title,
    unit: row.unit,
    better: row.better,
    streams: row.streams,
    kinds: Object.fromEntries(kinds),
  };
}

if (values.help) {
  console.log(usage);
} else {
  const { quick, runs } = values;
  const chosen = rows({ quick }).filter(({ title }) => title.includes(values.only));
  const groups = Map.groupBy(chosen, ({ measure, streams }) => `${measure} ${streams}`);
  const report: Measured[] = [];
  if (!values.json) console.log(`${machine()}; ${runs} runs of each in turn: median [least..most]\n`);
  for (const together of groups.values()) {
    const measured = await measureTogether(together, runs);
    if (!values.json) measured.forEach(print);
    report.push(...measured);
  }
  if (values.json) console.log(JSON.stringify({ machine: machine(), runs, rows: report.map(asJson) }, undefined, 2));
}
