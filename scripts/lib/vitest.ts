import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { NeedError } from './need-error.ts';
import { root } from './paths.ts';
import { say } from './say.ts';

export interface VitestOptions {
  readonly project: 'unit' | 'integration';
  /** Further arguments: a filter of file names, vitest's own flags. */
  readonly args?: readonly string[];
}

/** How many tests ran, by vitest's own count. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

// runsc waits until the sandbox that it kills is gone, zombies included; the first process of a container or of a small virtual
// machine may take a second to reap one.
const init = { unit: [], integration: ['tini', '-s', '--'] } as const;

/** Runs one project's tests with their output shown. Throws NeedError when one fails. */
export async function runVitest(options: VitestOptions): Promise<TestCount> {
  const count = await countVitest(options);
  if (count.failed > 0) throw new NeedError(`${options.project} tests: ${count.failed} failed`);
  return count;
}

/** As {@link runVitest}, but failed tests are an answer. A run that dies before it counts is one failure. */
export async function countVitest({ project, args = [] }: VitestOptions): Promise<TestCount> {
  say(`${project} tests …`);
  const folder = await mkdtemp(join(tmpdir(), 'sandshim-vitest-'));
  try {
    const outputFile = join(folder, 'result.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
    const [command = '', ...words] = [...init[project], 'vitest', 'run', '--project', project, ...reporters, ...args];
    const result = await execa(command, words, {
      cwd: root,
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      reject: false,
    });
    const text = await readFile(outputFile, 'utf8').catch(() => '{}');
    const count = parseTestCount(JSON.parse(text));
    // A file that cannot be loaded, or an error between tests, fails the run without failing a test.
    return result.exitCode === 0 || count.failed > 0 ? count : { ...count, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads the counts from the report of vitest's JSON reporter. */
export function parseTestCount(report: unknown): TestCount {
  const counts = new Map(Object.entries(typeof report === 'object' && report !== null ? report : {}));
  const read = (name: string): number => {
    const value: unknown = counts.get(name);
    return typeof value === 'number' ? value : 0;
  };
  return { passed: read('numPassedTests'), failed: read('numFailedTests') };
}
