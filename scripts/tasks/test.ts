import { checks } from '../lib/checks.ts';
import { NeedError } from '../lib/need-error.ts';
import { fail } from '../lib/say.ts';
import { step } from '../lib/step.ts';
import { countVitest } from '../lib/vitest.ts';
import { setUpMachine } from '../setup/machine.ts';
import { run as build } from './build.ts';

/**
 * Everything: the set-up, every check, the unit and the integration tests. All of it runs even when something fails, and
 * the last line counts: each check and each test is one.
 */
export async function run(): Promise<void> {
  await setUpMachine({ wanted: 'npm test', laterSuites: true });
  await build();
  let passed = 0;
  let failed = 0;
  for (const check of checks) {
    try {
      await step(check);
      passed += 1;
    } catch (error) {
      if (!(error instanceof NeedError)) throw error;
      fail(error.message);
      failed += 1;
    }
  }
  for (const project of ['unit', 'integration'] as const) {
    const count = await countVitest({ project });
    passed += count.passed;
    failed += count.failed;
  }
  process.stdout.write(`\nsandshim: ${passed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
}
