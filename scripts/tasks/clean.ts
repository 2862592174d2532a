import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../lib/paths.ts';
import { done } from '../lib/say.ts';

/** Removes what builds leave; with `--all`, also what was fetched (toolchain, packages, dependencies). */
export async function run(args: readonly string[]): Promise<void> {
  const made = ['dist', '.turbo', 'packages/*/dist', 'packages/*/.turbo', 'packages/*/*.tsbuildinfo', '*.tsbuildinfo'];
  const fetched = ['packages/*/node_modules', 'examples/node_modules', 'node_modules', '.cache'];
  for await (const path of glob(args.includes('--all') ? [...made, ...fetched] : made, { cwd: root })) {
    await rm(join(root, path), { recursive: true, force: true });
  }
  done(args.includes('--all') ? 'removed all that was built or fetched' : 'removed all that was built');
}
