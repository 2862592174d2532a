import { constants } from 'node:os';
import { usageError } from '../errors/cli-error.ts';

const firstRealTime = 34;
const lastSignal = 64;

/**
 * A signal's number: `9`, `KILL`, `SIGKILL`, `sigkill`, `RTMIN+3`.
 * @throws CliError `invalid_argument`
 */
export function parseSignal(value: string): number {
  const name = value.toUpperCase().replace(/^SIG/, '');
  const realTime = /^RTMIN(?:\+(\d+))?$/.exec(name);
  const number = /^\d+$/.test(name)
    ? Number(name)
    : realTime === null
      ? namedSignal(`SIG${name}`)
      : firstRealTime + Number(realTime[1] ?? 0);
  if (number === undefined || number < 1 || number > lastSignal) {
    throw usageError(`${JSON.stringify(value)} is not a signal; use a number or a name such as TERM`, { verb: 'kill' });
  }
  return number;
}

/** The number of a signal that Node names. */
export function namedSignal(name: string): number | undefined {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return numbers[name];
}
