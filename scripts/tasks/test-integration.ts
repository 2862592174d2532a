import { runVitest } from '../lib/vitest.ts';
import { setUpMachine } from '../setup/machine.ts';
import { run as build } from './build.ts';

/** The tests on real runtimes and real containerds. Arguments go to vitest: a filter of file names. */
export async function run(args: readonly string[]): Promise<void> {
  await setUpMachine({ wanted: 'the integration tests', laterSuites: true });
  await build();
  await runVitest({ project: 'integration', args });
}
