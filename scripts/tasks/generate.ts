import { step } from '../lib/step.ts';

/** Writes what is made from other files: the messages from the .proto files, the state tables of ARCHITECTURE.md. */
export async function run(args: readonly string[]): Promise<void> {
  for (const [label, file] of [
    ['generated code', 'scripts/generate.ts'],
    ['state tables', 'scripts/states.ts'],
  ] as const) {
    const program = ['--conditions=@sandshim/source', file, ...args];
    await step({ label, command: process.execPath, args: program, show: true });
  }
}
