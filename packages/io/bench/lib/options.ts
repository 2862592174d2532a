import { parseArgs } from 'node:util';

export const usage = 'usage: bench:io [--json] [--quick] [--runs N] [--only PART-OF-A-TITLE]';

/** The options of the command line; a wrong one ends the process with 2, the reason and the usage. */
export function options() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        runs: { type: 'string' },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    });
    const runs = Number(values.runs ?? (values.quick ? 1 : 10));
    if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs ${values.runs}: not a number from 1 on`);
    return { ...values, runs };
  } catch (error) {
    console.error(`bench:io: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return process.exit(2);
  }
}
