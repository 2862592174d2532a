import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { NeedError } from './need-error.ts';
import { root } from './paths.ts';

/** Runs one of our own TypeScript programs on the terminal; the task ends with its exit status. */
export async function runProgram(file: string, args: readonly string[]): Promise<void> {
  const result = await execa(process.execPath, ['--expose-gc', '--conditions=@sandshim/source', file, ...args], {
    cwd: root,
    stdio: 'inherit',
    reject: false,
  });
  process.exitCode = result.exitCode ?? 1;
}

/** The first of these files, from the root of the checkout, that is there. Throws NeedError. */
export function firstThatExists(files: readonly string[]): string {
  const found = files.find((file) => existsSync(join(root, file)));
  if (found === undefined) throw new NeedError(`this checkout has none of: ${files.join(', ')}`);
  return found;
}
