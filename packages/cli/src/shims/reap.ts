import { setTimeout as sleep } from 'node:timers/promises';
import { parsePid } from '@sandshim/runsc-client';
import type { Cli } from '../program/cli.ts';
import { connectTask, type TaskClient } from '../tasks/task-client.ts';
import type { ExaminedShim } from './examine-shim.ts';

const sigKill = 9;
const shutdownMs = 5000;

/**
 * Ends a shim that leaks: kills and deletes its container, asks it to leave, and kills it if it stays. Its socket is removed too.
 * @returns how it ended.
 */
export async function reapShim(cli: Cli, { shim, task }: ExaminedShim): Promise<'left' | 'killed'> {
  const client = task === undefined ? undefined : await connectTask(task).catch(() => undefined);
  if (client !== undefined) {
    await using connected = client;
    await endContainer(connected, shim.id);
  }
  const left = client !== undefined && (await isGone(cli, shim.pid));
  if (!left) process.kill(parsePid(shim.pid), 'SIGKILL');
  for (const socket of shim.sockets) {
    if (socket.startsWith('/') && !(await cli.host.accepts(socket))) await cli.host.remove(socket);
  }
  return left ? 'left' : 'killed';
}

// Each step may fail for what is not there any more; the last one is what counts, and is looked at.
async function endContainer({ rpc }: TaskClient, id: string): Promise<void> {
  const ignore = (): undefined => undefined;
  await rpc.kill({ id, execId: '', signal: sigKill, all: true }, { timeoutMs: shutdownMs }).catch(ignore);
  await rpc.wait({ id, execId: '' }, { timeoutMs: shutdownMs }).catch(ignore);
  await rpc.delete({ id, execId: '' }).catch(ignore);
  await rpc.shutdown({ id, now: true }).catch(ignore);
}

async function isGone(cli: Cli, pid: number): Promise<boolean> {
  const pollMs = 50;
  for (let waited = 0; waited < shutdownMs; waited += pollMs) {
    const stat = await cli.host.readText(`/proc/${pid}/stat`);
    if (stat === undefined || /\) [ZX] /.test(stat)) return true;
    await sleep(pollMs);
  }
  return false;
}
