import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { done, fail, say } from '../scripts/lib/say.ts';
import { chart } from './lib/chart.ts';
import { measureRow } from './lib/measure-row.ts';
import { type BenchOptions, parseBenchOptions, usage } from './lib/options.ts';
import type { FigureReport } from './lib/report.ts';
import { subjects as findSubjects } from './lib/subject.ts';
import { formatFigure } from './lib/table.ts';
import { allRows } from './rows/index.ts';

const standIn = [
  "gVisor's Go shim was not handed over (--peer NAME=PATH). For runsc, ours is compared with itself driving the same runsc",
  'by its command line, one command per question, as that shim does (RuntimeControl off). That stand-in is one process per',
  'pod, where the Go shim is one per container, and it keeps no `runsc wait` for a container that is a sandbox of its own.',
].join('\n');

try {
  await main(optionsOrExit());
} catch (error) {
  // Only a wrong choice of rows or subjects is no fault of the benchmark's own.
  const known = error instanceof RangeError;
  fail(known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = known ? 2 : 1;
}

/** A wrong option ends the process with 2, the reason and the usage. */
function optionsOrExit(): BenchOptions {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    process.exit();
  }
  try {
    return parseBenchOptions(args);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    process.stderr.write(`${usage}\n`);
    return process.exit(2);
  }
}

async function main(options: BenchOptions): Promise<void> {
  const stop = new AbortController();
  // The containers and daemons of a benchmark that is broken off go with it. The listeners stay: execa ends the process by
  // the signal where it finds no other.
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => stop.abort(new Error(`ended by ${name}`)));
  const rows = chosen(allRows(options), options.rows);
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-shims-'));
  try {
    const subjects = chosen(await findSubjects({ folder, peers: options.peers }), options.subjects);
    const machine = await describeMachine();
    process.stdout.write(`${machine.join('\n')}\n\n`);
    if (options.peers.length === 0) process.stdout.write(`${standIn}\n\n`);
    const reports: FigureReport[] = [];
    for (const row of rows) {
      say(`${row.id} …`);
      const found = await measureRow(row, { subjects, runs: options.runs, signal: stop.signal });
      reports.push(...found);
      for (const report of found) process.stdout.write(`${formatFigure(report)}\n`);
      // After each row: a long run that is broken off has not been for nothing.
      await writeResults(reports, { options, machine });
    }
    summarizeTargets(reports);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Written {
  readonly options: BenchOptions;
  readonly machine: readonly string[];
}

async function writeResults(figures: readonly FigureReport[], { options, machine }: Written): Promise<void> {
  const { json, svg, runs, settleMs, peers } = options;
  if (json !== undefined) {
    const result = { machine, runs, settleMs, standIn: peers.length === 0, figures };
    await writeFile(json, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  if (svg !== undefined) await writeFile(svg, chart(figures));
}

/** The entries with these ids; all without any. */
function chosen<T extends { readonly id: string }>(all: readonly T[], ids: readonly string[]): readonly T[] {
  const unknown = ids.find((id) => !all.some((each) => each.id === id));
  if (unknown !== undefined) throw new RangeError(`${unknown}: not one of ${all.map(({ id }) => id).join(', ')}`);
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
}

async function describeMachine(): Promise<readonly string[]> {
  const firstLine = async (file: string, args: readonly string[]) =>
    (await execa(file, args, { reject: false })).stdout.split('\n')[0] ?? '';
  return [
    `Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}`,
    `${await firstLine('containerd', ['--version'])}; ${await firstLine('runsc', ['--version'])}; ${await firstLine('runc', ['--version'])}`,
  ];
}

function summarizeTargets(reports: readonly FigureReport[]): void {
  const targets = reports.flatMap(({ comparisons }) => comparisons.flatMap(({ target }) => target ?? []));
  if (targets.length > 0)
    done(`${targets.filter(({ reached }) => reached).length} of ${targets.length} targets reached`);
}
