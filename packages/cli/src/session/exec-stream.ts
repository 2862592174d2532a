import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openClientFifos } from '@sandshim/io';
import { packJson } from '@sandshim/shim-server/api';
import type { Cli } from '../program/cli.ts';
import type { TaskClient } from '../tasks/task-client.ts';
import { execProcess } from './exec-process.ts';
import { makeIoFolder } from './io-folder.ts';

export interface ExecStreamOptions {
  readonly args: readonly string[];
  readonly stdin?: Readable;
  /** Where its output goes; it is ended with it. */
  readonly stdout?: Writable;
  /** sandshim's state folder, for the fifos. */
  readonly root: string;
}

const processType = 'types.containerd.io/opencontainers/runtime-spec/1/Process';
const maxStderr = 4096;
const forever = 2_000_000_000;

/** Runs a command in a container with streams of ours; answers with its status and the beginning of what it said on stderr. */
export async function execStream(
  cli: Cli,
  client: TaskClient,
  options: ExecStreamOptions,
): Promise<{ readonly status: number; readonly stderr: string }> {
  const { args, stdin, stdout, root } = options;
  const { id } = client.task;
  const execId = `cp-${randomBytes(6).toString('hex')}`;
  const process = await execProcess(cli, {
    task: client.task,
    args,
    terminal: false,
    options: { user: '0:0', workdir: '/' },
  });
  const { openSys } = await import('@sandshim/io/sys');
  await using folder = await makeIoFolder(root, { stdin: stdin !== undefined, terminal: false });
  using fifos = openClientFifos(folder.endpoints, { sys: await openSys() });
  const stderr = collect(fifos.stderr);
  const output = drain(fifos.stdout, stdout);
  await client.rpc.exec({ id, execId, ...folder.endpoints, spec: packJson(processType, process) });
  try {
    const exited = client.rpc.wait({ id, execId }, { timeoutMs: forever });
    await client.rpc.start({ id, execId });
    if (stdin !== undefined && fifos.stdin !== undefined) {
      // A command that ends early does not read all of it; its status says why.
      await Promise.race([pipeline(stdin, fifos.stdin).catch(() => undefined), exited]);
      await client.rpc.closeIO({ id, execId, stdin: true });
    }
    const { exitStatus } = await exited;
    return { status: exitStatus, stderr: await ended(client, { execId, output, stderr }) };
  } finally {
    await client.rpc.delete({ id, execId }).catch(() => undefined);
  }
}

// The shim ends the fifos when the exec is deleted at the latest.
async function ended(
  client: TaskClient,
  made: { readonly execId: string; readonly output: Promise<void>; readonly stderr: Promise<string> },
): Promise<string> {
  await client.rpc.delete({ id: client.task.id, execId: made.execId });
  await made.output;
  return (await made.stderr).trim();
}

async function drain(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (from === undefined) return;
  if (to !== undefined) return await pipeline(from, to);
  from.resume();
  await new Promise((resolve) => void from.once('close', resolve));
}

function collect(from: Readable | undefined): Promise<string> {
  if (from === undefined) return Promise.resolve('');
  return new Promise((resolve) => {
    let text = '';
    from.on('data', (chunk: Buffer) => {
      if (text.length < maxStderr) text += chunk.toString();
    });
    from.once('close', () => resolve(text));
    from.on('error', () => from.destroy());
  });
}
