import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { launchedVariable } from './status-channel.ts';

/**
 * Starts this program again as the server and hands its reply on, for a shim that has no launcher: containerd waits for the
 * end of the process that it started. A launcher spares this second boot.
 * @returns what went wrong; `undefined` if the server has replied.
 */
export async function relaunch(): Promise<string | undefined> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['inherit', 'ignore', 'ignore', 'pipe', process.stdout.fd],
    env: { ...process.env, [launchedVariable]: String(process.ppid) },
  });
  const failed = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)));
  const channel = child.stdio[3];
  const status = channel && 'read' in channel ? text(channel) : Promise.resolve('');
  const answer = await Promise.race([status, failed]);
  child.unref();
  if (answer === 'ok') return undefined;
  return answer === '' ? 'the server ended before it listened' : answer;
}
