import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fd } from '@sandshim/runsc-client';
import { ControlClient } from '@sandshim/runsc-client/control';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { openSys } from '../../../io/src/sys/index.ts';

const sys = await openSys();

/** As many connections as a socket lets wait before it refuses the next. */
function fill(path: string): readonly Fd[] {
  const waiting: Fd[] = [];
  try {
    for (;;) waiting.push(sys.connectUnix(path));
  } catch (error) {
    expect(error).toMatchObject({ errno: 'EAGAIN' });
    return waiting;
  }
}

describe.each([
  ["by Node's own connections", undefined],
  ['by system calls', sys],
])('a sandbox that accepts nobody for a while, %s', (_name, sender) => {
  it('is reached once it does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'busy-'));
    const path = join(folder, 'socket');
    const listener = sys.listenUnix(path, 1);
    try {
      const waiting = fill(path);
      const client = new ControlClient(path, sender === undefined ? {} : { sender });
      const asked = client.processes('c');
      for (const fd of waiting) sys.close(fd);
      const answerNext = () => {
        const fd = sys.accept(listener);
        if (fd === undefined) return undefined;
        const socket = new Socket({ fd, readable: true, writable: true });
        socket.on('error', () => socket.destroy());
        socket.on('data', () => socket.end('{"success":true,"err":"","result":[]}'));
        return fd;
      };
      const accepted = waiting.length + 1;
      for (let count = 0; count < accepted; count += 1) await eventually(answerNext, { what: 'a connection' });
      await expect(asked).resolves.toEqual([]);
    } finally {
      sys.close(listener);
      await rm(folder, { recursive: true });
    }
  });

  it('is given up when the time is over, before anything was sent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'busy-'));
    const path = join(folder, 'socket');
    const listener = sys.listenUnix(path, 1);
    const waiting = fill(path);
    try {
      const client = new ControlClient(path, sender === undefined ? {} : { sender });
      const failure = { code: 'deadline_exceeded', outcome: 'not-sent' };
      await expect(client.processes('c', { timeoutMs: 30 })).rejects.toMatchObject(failure);
      const aborted = client.processes('c', { signal: AbortSignal.timeout(5) });
      await expect(aborted).rejects.toMatchObject({ code: 'canceled', outcome: 'not-sent' });
    } finally {
      for (const fd of [...waiting, listener]) sys.close(fd);
      await rm(folder, { recursive: true });
    }
  });
});
