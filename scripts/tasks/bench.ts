import { runProgram } from '../lib/program.ts';
import { setUpMachine } from '../setup/machine.ts';
import { run as build } from './build.ts';

/** Measures the shims against their peers, on what is built now. */
export async function run(args: readonly string[]): Promise<void> {
  await setUpMachine({ wanted: 'the benchmark', laterSuites: false });
  await build();
  await runProgram('bench/main.ts', args);
}
