import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { openProcessIo } from '@sandshim/io';
import type { Sys } from '@sandshim/io/sys';

/** What copies a process's stdout into its client's fifo. */
export type CopyKind = 'sandshim' | 'stream.pipe' | 'direct' | 'cat';

export const copyKinds: readonly CopyKind[] = ['sandshim', 'stream.pipe', 'direct', 'cat'];

/** One copy that is set up: the process writes to `stdout`, the client reads the fifo. */
export interface CopyUnderTest {
  readonly stdout: number;
  /** The process has its own descriptor now. */
  started(): Promise<void>;
  /** All has been copied; the CPU time of helper processes in ms, where there are any. */
  finished(): Promise<number>;
}

/** Sets up a copy into `fifo`. */
export function setUp(
  kind: CopyKind,
  { sys, fifo }: { readonly sys: Sys; readonly fifo: string },
): Promise<CopyUnderTest> {
  switch (kind) {
    case 'sandshim':
      return throughProcessIo(sys, { fifo, direct: false });
    case 'direct':
      return throughProcessIo(sys, { fifo, direct: true });
    case 'stream.pipe':
      return throughStreams(sys, fifo);
    case 'cat':
      return throughCat(sys, fifo);
  }
}

async function throughProcessIo(
  sys: Sys,
  { fifo, direct }: { readonly fifo: string; readonly direct: boolean },
): Promise<CopyUnderTest> {
  const endpoints = { stdin: '', stdout: fifo, stderr: '', terminal: false };
  const io = await openProcessIo({ ...endpoints, id: 'bench', namespace: 'bench', direct }, { sys });
  return {
    stdout: io.stdio?.stdout ?? -1,
    started: () => io.started(),
    async finished() {
      await io.drain({ timeoutMs: 600_000 });
      await io.close();
      return 0;
    },
  };
}

/** What a Node program does without us: two sockets over the descriptors, and pipe. */
async function throughStreams(sys: Sys, fifo: string): Promise<CopyUnderTest> {
  const pipe = sys.pipe({ blocking: true });
  sys.setNonBlocking(pipe.read, true);
  const from = new Socket({ fd: pipe.read, readable: true, writable: false });
  const to = new Socket({
    fd: openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK),
    readable: false,
    writable: true,
  });
  from.pipe(to);
  const closed = once(to, 'close');
  return {
    stdout: pipe.write,
    async started() {
      closeSync(pipe.write);
    },
    async finished() {
      await closed;
      return 0;
    },
  };
}

async function throughCat(sys: Sys, fifo: string): Promise<CopyUnderTest> {
  const pipe = sys.pipe({ blocking: true });
  const target = openSync(fifo, constants.O_RDWR);
  // The shell tells what its child used when that has ended.
  const cat = spawn('sh', ['-c', 'cat; times >&2'], { stdio: [pipe.read, target, 'pipe'] });
  closeSync(pipe.read);
  closeSync(target);
  const used = cpuTimeSaid(cat);
  return {
    stdout: pipe.write,
    async started() {
      closeSync(pipe.write);
    },
    finished: () => used,
  };
}

async function cpuTimeSaid(shell: ChildProcess): Promise<number> {
  let said = '';
  shell.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(shell, 'close');
  const [, ofChildren = ''] = said.trim().split('\n');
  const times = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
}
