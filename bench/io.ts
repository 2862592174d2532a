import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { root } from '../scripts/lib/paths.ts';
import { measureRow } from './lib/measure-row.ts';
import type { FigureReport } from './lib/report.ts';
import { subjects as findSubjects } from './lib/subject.ts';
import { formatFigure } from './lib/table.ts';
import { stdout } from './rows/stdout.ts';

// The benchmark of the io package, and beside it a whole container's output through our shim and through the Go shim, where
// that is installed: the package itself knows no shim.
const args = process.argv.slice(2);
const { values } = parseArgs({
  args,
  strict: false, // the package's own benchmark refuses what is wrong
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    runs: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const program = join(root, 'packages/io/bench/main.ts');
const copies = await execa(process.execPath, ['--conditions=@sandshim/source', program, ...args], {
  cwd: root,
  stdin: 'ignore',
  stdout: values.json ? 'pipe' : 'inherit',
  stderr: 'inherit',
  reject: false,
});
process.exitCode = copies.exitCode ?? 1;
// A choice of rows is one of the package's own.
if (process.exitCode === 0 && !values.help && values.only === undefined) {
  const shims = await measureShims(Number(values.runs ?? (values.quick ? 1 : 10)));
  if (values.json) {
    const report: unknown = JSON.parse(String(copies.stdout));
    console.log(JSON.stringify({ ...Object(report), shims }, undefined, 2));
  } else {
    for (const report of shims) console.log(formatFigure(report));
  }
}

async function measureShims(runs: number): Promise<readonly FigureReport[]> {
  if (!existsSync('/usr/bin/containerd-shim-runc-v2')) return [];
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-bench-io-'));
  try {
    const all = await findSubjects({ folder, peers: [] });
    const measured = all.filter(({ id, binary }) => ['runc', 'runc-v2'].includes(id) && existsSync(binary));
    return await measureRow(stdout, { subjects: measured, runs });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
