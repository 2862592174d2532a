import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import type { Sys } from '@sandshim/io/sys';
import { parseFd } from '@sandshim/runsc-client';
import { type CopyKind, setUp } from './copy-under-test.ts';

/** One run: `mib` MiB through `streams` streams at once, each from a process that writes to a client that reads. */
export interface ThroughputOptions {
  readonly sys: Sys;
  readonly kind: CopyKind;
  readonly streams: number;
  /** Over all streams together. */
  readonly mib: number;
  readonly folder: string;
}

export interface Throughput {
  readonly mibPerSecond: number;
  /** CPU time of whoever copies, without the process and the client. */
  readonly cpuMsPerGib: number;
}

const blocksPerMib = 16;

export async function measureThroughput(options: ThroughputOptions): Promise<Throughput> {
  const { sys, kind, streams, mib, folder } = options;
  const blocks = Math.max(Math.round((mib * blocksPerMib) / streams), 1);
  const fifos = Array.from({ length: streams }, (_, index) => `${folder}/${index}`);
  for (const fifo of fifos) sys.mkfifo(fifo, 0o600);
  const copies = await Promise.all(fifos.map((fifo) => setUp(kind, { sys, fifo })));
  const clients = fifos.map((fifo) => startClient(sys, fifo));
  // All writers wait for the end of one pipe, so that starting processes is not measured.
  const gate = sys.pipe({ blocking: true });
  const writers = copies.map((copy) =>
    start(`read _; exec dd if=/dev/zero bs=64k count=${blocks} status=none`, [gate.read, copy.stdout, 'inherit']),
  );
  const ended = [...writers, ...clients].map((child) => once(child, 'exit'));
  await Promise.all([...writers, ...clients].map((child) => once(child, 'spawn')));
  await Promise.all(copies.map((copy) => copy.started()));
  sys.close(gate.read);

  const usedBefore = process.cpuUsage();
  const begin = performance.now();
  sys.close(gate.write);
  await Promise.all(ended);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(usedBefore);
  const helpers = await Promise.all(copies.map((copy) => copy.finished()));

  const cpuMs = (kind === 'cat' ? 0 : (user + system) / 1000) + helpers.reduce((sum, ms) => sum + ms, 0);
  const moved = (blocks * streams) / blocksPerMib;
  return { mibPerSecond: moved / seconds, cpuMsPerGib: (cpuMs / moved) * 1024 };
}

function startClient(sys: Sys, fifo: string): ChildProcess {
  const fd = parseFd(openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK));
  sys.setNonBlocking(fd, false);
  const client = start('exec dd of=/dev/null bs=128k status=none', [fd, 'ignore', 'inherit']);
  closeSync(fd);
  return client;
}

function start(text: string, stdio: StdioOptions): ChildProcess {
  return spawn('sh', ['-c', text], { stdio });
}
