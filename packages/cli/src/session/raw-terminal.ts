import type { Cli } from '../program/cli.ts';

/**
 * Puts our terminal, if it is one and `wanted`, into raw mode until disposed, so that every key goes to the container. To be done before
 * the process starts: it may ask the terminal something, whose answer is not to be shown. Node itself restores the terminal when this
 * command exits without disposing.
 */
export function rawTerminal(cli: Pick<Cli, 'stdin'>, wanted: boolean): Disposable {
  const { stdin } = cli;
  if (!wanted || stdin.isTTY !== true) return { [Symbol.dispose]: () => undefined };
  const wasRaw = stdin.isRaw === true;
  stdin.setRawMode(true);
  return { [Symbol.dispose]: () => void stdin.setRawMode(wasRaw) };
}
