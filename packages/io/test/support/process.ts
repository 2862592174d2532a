import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ProcessIo } from '@sandshim/io';

/** A process that stands for a container's. */
export interface Started {
  readonly child: ChildProcess;
  /** Exit code, or the name of the signal. */
  readonly ended: Promise<number | string>;
}

/** Starts a shell script with `stdio`, as a runtime would. */
export async function script(text: string, stdio: StdioOptions = ['ignore', 'ignore', 'inherit']): Promise<Started> {
  const child = spawn('sh', ['-c', text], { stdio });
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  await once(child, 'spawn');
  return { child, ended };
}

/** Runs a script to its end with the stdio of `io`, telling `io` all that a shim would. */
export async function run(io: ProcessIo, text: string): Promise<number | string> {
  const process = await begin(io, text);
  const status = await process.ended;
  io.exited();
  return status;
}

/** Starts a script with the stdio of `io`. */
export async function begin(io: ProcessIo, text: string): Promise<Started> {
  const { stdin, stdout, stderr } = io.stdio ?? { stdin: null, stdout: null, stderr: null };
  const process = await script(text, [stdin ?? 'ignore', stdout ?? 'ignore', stderr ?? 'ignore']);
  await io.started();
  return process;
}
