import { runVitest } from '../lib/vitest.ts';

/** The unit tests: no root, no Debian, seconds. Arguments go to vitest: a filter of file names. */
export async function run(args: readonly string[]): Promise<void> {
  await runVitest({ project: 'unit', args });
}
