import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, writeSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { ReadStream } from 'node:tty';
import { openSys, type WindowSize } from '@sandshim/io/sys';
import { type Session, sessionWith } from './session.ts';

/**
 * A program on a terminal of this size: what a person at a keyboard has. script(1) is no stand-in: it takes the output for
 * complete once nothing came for 10 ms after the program's end.
 */
export async function startOnTerminal(
  [command, ...args]: readonly [string, ...string[]],
  { size, env }: { readonly size: WindowSize; readonly env?: NodeJS.ProcessEnv },
): Promise<Session> {
  const sys = await openSys();
  const { master, path } = sys.openTerminal();
  sys.setWindowSize(master, size);
  const slave = sys.open(path, constants.O_RDWR | constants.O_NOCTTY);
  const child = spawn(command, args, { stdio: [slave, slave, slave], detached: true, env });
  sys.close(slave);
  const screen = new ReadStream(master);
  // EIO: nobody has the terminal open any more, and all that was printed has been read.
  const closed = finished(screen, { writable: false }).catch(() => undefined);
  const write = (text: string): void => {
    if (!screen.destroyed) writeSync(master, text);
  };
  return sessionWith(child, {
    outputs: [screen],
    ended: Promise.all([once(child, 'exit'), closed]),
    write,
    endInput: () => write('\u0004'),
  });
}
