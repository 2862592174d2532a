import { step } from '../lib/step.ts';

/** Writes the code that is made from the .proto files. */
export async function run(args: readonly string[]): Promise<void> {
  await step({
    label: 'generated code',
    command: process.execPath,
    args: ['--conditions=@sandshim/source', 'scripts/generate.ts', ...args],
    show: true,
  });
}
