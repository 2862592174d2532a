import { firstThatExists, runProgram } from '../lib/program.ts';

/** Measures the shim against its peers. */
export async function run(args: readonly string[]): Promise<void> {
  await runProgram(firstThatExists(['bench/main.ts']), args);
}
