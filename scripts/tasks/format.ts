import { step } from '../lib/step.ts';

/** Formats and mends what the linter can mend by itself. */
export async function run(): Promise<void> {
  await step({ label: 'format', command: 'biome', args: ['check', '--write', '.'], show: true });
}
