import { firstThatExists, runProgram } from '../lib/program.ts';

/** Measures the copiers of the io package. */
export async function run(args: readonly string[]): Promise<void> {
  await runProgram(firstThatExists(['bench/io.ts', 'packages/io/bench/main.ts']), args);
}
