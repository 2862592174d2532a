import { execa } from 'execa';
import { root } from '../lib/paths.ts';

/** Notes a change for the packages' changelogs; asks which packages and what kind of change. */
export async function run(args: readonly string[]): Promise<void> {
  const result = await execa('changeset', args, { cwd: root, stdio: 'inherit', reject: false });
  process.exitCode = result.exitCode ?? 1;
}
