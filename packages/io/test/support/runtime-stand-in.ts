import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import type { Sys } from '@sandshim/io/sys';
import { parseFd } from '@sandshim/runsc-client';
import type { Started } from './process.ts';

/** Does a runtime's part for a terminal: makes one, sends its master to the socket, starts a script on its slave. */
export async function startOnTerminal(
  sys: Sys,
  { consoleSocket, text }: { readonly consoleSocket: string; readonly text: string },
): Promise<Started> {
  const terminal = sys.openTerminal();
  const slave = openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY);
  const socket = sys.connectUnix(consoleSocket);
  sys.sendDescriptors(socket, Buffer.from(terminal.path), [terminal.master]);
  sys.close(socket);
  sys.close(terminal.master);
  const child = spawn('sh', ['-c', text], { stdio: [slave, slave, slave], detached: true });
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  await once(child, 'spawn');
  sys.close(parseFd(slave));
  return { child, ended };
}
