import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.ts';
import { step } from '../lib/step.ts';

/** Compiles the packages, then bundles the runnable programs into dist/bin. */
export async function run(): Promise<void> {
  await step({
    label: 'build of the packages',
    command: 'turbo',
    args: ['run', 'build', '--output-logs=errors-only'],
    env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  });
  if (!existsSync(join(root, 'scripts', 'bundle.ts'))) return;
  await step({
    label: 'programs in dist/bin',
    command: process.execPath,
    args: ['--conditions=@sandshim/source', 'scripts/bundle.ts'],
  });
}
