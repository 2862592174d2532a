import { checks } from '../lib/checks.ts';
import { step } from '../lib/step.ts';
import { runVitest } from '../lib/vitest.ts';
import { run as build } from './build.ts';

/** Everything that needs no container: types, lint, layers, generated code, packaging, unit tests. */
export async function run(): Promise<void> {
  await build();
  for (const check of checks) await step(check);
  await runVitest({ project: 'unit' });
}
