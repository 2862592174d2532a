import pc from 'picocolors';

/** One line about what begins now; progress goes to stderr, results to stdout. */
export function say(text: string): void {
  process.stderr.write(`${pc.cyan('sandshim:')} ${text}\n`);
}

/** One line about what went well. */
export function done(text: string): void {
  process.stderr.write(`${pc.green('sandshim:')} ${text}\n`);
}

/** One line about what went wrong. */
export function fail(text: string): void {
  process.stderr.write(`${pc.red('sandshim:')} ${text}\n`);
}
