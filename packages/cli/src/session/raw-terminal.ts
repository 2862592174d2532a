import type { Cli } from '../program/cli.ts';

/**
 * Puts the terminal into raw mode, so that every key goes to the container, until disposed. Node itself restores the terminal when
 * the process exits without disposing.
 */
export function rawTerminal(cli: Pick<Cli, 'stdin'>): Disposable {
  const { stdin } = cli;
  const wasRaw = stdin.isRaw === true;
  stdin.setRawMode(true);
  return { [Symbol.dispose]: () => void stdin.setRawMode(wasRaw) };
}
