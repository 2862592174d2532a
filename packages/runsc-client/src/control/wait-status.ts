import { SandshimError } from '../errors.ts';

/**
 * The exit status, 0 to 255, for a raw wait status as wait4 gives it (and a sandbox's `Wait` and `WaitPID` answer):
 * 128 + n when signal n ended the process.
 * @throws SandshimError `data_loss` for what is no status of an ended process.
 */
export function exitStatusOf(raw: unknown): number {
  if (typeof raw !== 'number' || !Number.isInteger(raw) || raw < 0 || raw > 0xffff_ffff) {
    throw new SandshimError('data_loss', `not a wait status: ${JSON.stringify(raw)}`);
  }
  const signal = raw & 0x7f;
  if (signal === 0) return (raw >>> 8) & 0xff;
  // 0x7f marks a stopped process, which no wait here asks for.
  if (signal === 0x7f) throw new SandshimError('data_loss', `wait status ${raw} is of a stopped process`);
  return 128 + signal;
}
