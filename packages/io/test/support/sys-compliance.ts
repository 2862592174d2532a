import { constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness, Sys } from '@sandshim/io/sys';
import type { Fd, Pid } from '@sandshim/runsc-client';
import { describe, expect, test } from 'vitest';

/** A world to try a {@link Sys} in. */
export interface SysWorld {
  readonly sys: Sys;
  /** A path where nothing is. */
  path(name: string): string;
  /** Descriptors that are open in the world. */
  openDescriptors(): number;
  /** A child process that lives until it is told to end with a status. */
  child(): Promise<{ readonly pid: Pid; end(code: number): Promise<void> }>;
}

const bytes = (text: string) => Buffer.from(text);
const readable = { readable: true, writable: false };

function readText(sys: Sys, fd: Fd): string | undefined {
  const buffer = Buffer.alloc(65_536);
  const count = sys.read(fd, buffer);
  return count === undefined ? undefined : buffer.toString('utf8', 0, count);
}

/** What every implementation of {@link Sys} has to do. */
export function testSys(name: string, world: SysWorld): void {
  const { sys } = world;
  describe(name, () => {
    test('a pipe carries bytes, blocks when empty, and ends with its writer', () => {
      const pipe = sys.pipe();
      expect(readText(sys, pipe.read)).toBe(undefined);
      expect(sys.write(pipe.write, bytes('hello'))).toBe(5);
      expect(sys.readableBytes(pipe.read)).toBe(5);
      expect(sys.write(pipe.write, bytes('xworld'), 1)).toBe(5);
      expect(readText(sys, pipe.read)).toBe('helloworld');
      sys.close(pipe.write);
      expect(readText(sys, pipe.read)).toBe('');
      sys.close(pipe.read);
    });

    test('a full pipe blocks, and a larger one takes more', () => {
      const pipe = sys.pipe();
      expect(sys.pipeSize(pipe.read)).toBe(65_536);
      expect(sys.write(pipe.write, Buffer.alloc(100_000))).toBe(65_536);
      expect(sys.write(pipe.write, bytes('x'))).toBe(undefined);
      expect(sys.setPipeSize(pipe.write, 131_072)).toBe(131_072);
      expect(sys.write(pipe.write, Buffer.alloc(100_000))).toBe(65_536);
      sys.close(pipe.read);
      expect(() => sys.write(pipe.write, bytes('x'))).toThrow(expect.objectContaining({ errno: 'EPIPE' }));
      sys.close(pipe.write);
    });

    test('splice moves between pipes, and says what blocks and what has ended', () => {
      const [from, to] = [sys.pipe(), sys.pipe()];
      expect(sys.splice(from.read, to.write, 1000)).toBe(undefined);
      sys.write(from.write, bytes('moved'));
      expect(sys.splice(from.read, to.write, 1000)).toBe(5);
      expect(readText(sys, to.read)).toBe('moved');
      sys.write(to.write, Buffer.alloc(65_536));
      sys.write(from.write, bytes('waits'));
      expect(sys.splice(from.read, to.write, 1000)).toBe(undefined);
      expect(readText(sys, from.read)).toBe('waits');
      sys.read(to.read, Buffer.alloc(65_536));
      sys.close(from.write);
      expect(sys.splice(from.read, to.write, 1000)).toBe(0);
      for (const fd of [from.read, to.read, to.write]) sys.close(fd);
    });

    test('a fifo opens without waiting, for writing only where it is read', () => {
      const path = world.path('fifo');
      sys.mkfifo(path, 0o600);
      expect(() => sys.mkfifo(path, 0o600)).toThrow(expect.objectContaining({ code: 'already_exists' }));
      const nonBlocking = constants.O_NONBLOCK;
      expect(() => sys.open(path, constants.O_WRONLY | nonBlocking)).toThrow(
        expect.objectContaining({ errno: 'ENXIO' }),
      );
      const reader = sys.open(path, constants.O_RDONLY | nonBlocking);
      const writer = sys.open(path, constants.O_WRONLY | nonBlocking);
      expect(sys.fileKind(reader)).toBe('fifo');
      const again = sys.open(`/proc/self/fd/${writer}`, constants.O_WRONLY | nonBlocking);
      sys.close(writer);
      sys.write(again, bytes('through'));
      expect(readText(sys, reader)).toBe('through');
      sys.close(again);
      expect(readText(sys, reader)).toBe('');
      sys.close(reader);
    });

    test('a file is appended to, and locked by one opening at a time', async () => {
      const path = world.path('file');
      const flags = constants.O_WRONLY | constants.O_APPEND;
      expect(() => sys.open(path, flags)).toThrow(expect.objectContaining({ code: 'not_found', syscall: 'open' }));
      const one = sys.open(path, flags | constants.O_CREAT, 0o600);
      const two = sys.open(path, flags);
      sys.write(one, bytes('a'));
      expect(await sys.writeOffThread(two, bytes('b'))).toBe(1);
      expect(sys.fileKind(one)).toBe('file');
      expect([sys.tryLock(one), sys.tryLock(one), sys.tryLock(two)]).toEqual([true, true, false]);
      sys.close(one);
      expect(sys.tryLock(two)).toBe(true);
      sys.close(two);
      const reader = sys.open(path, constants.O_RDONLY);
      expect(readText(sys, reader)).toBe('ab');
      expect(() => sys.watch(reader, readable, () => undefined)).toThrow(expect.objectContaining({ errno: 'EPERM' }));
      sys.close(reader);
    });

    test('a closed descriptor is EBADF', () => {
      const pipe = sys.pipe();
      sys.close(pipe.read);
      sys.close(pipe.write);
      const badFd = expect.objectContaining({ errno: 'EBADF', code: 'internal' });
      expect(() => sys.close(pipe.read)).toThrow(badFd);
      expect(() => sys.read(pipe.read, Buffer.alloc(1))).toThrow(badFd);
      expect(() => sys.duplicate(pipe.read)).toThrow(badFd);
    });

    test('a duplicate keeps a pipe open', () => {
      const pipe = sys.pipe();
      const other = sys.duplicate(pipe.write);
      sys.close(pipe.write);
      sys.write(other, bytes('x'));
      expect(readText(sys, pipe.read)).toBe('x');
      expect(readText(sys, pipe.read)).toBe(undefined);
      sys.close(other);
      expect(readText(sys, pipe.read)).toBe('');
      sys.close(pipe.read);
    });

    test('a watch tells as long as something is ready, and rests when told to', async () => {
      const pipe = sys.pipe();
      const told: Readiness[] = [];
      const watch = sys.watch(pipe.read, readable, (readiness) => told.push(readiness));
      await sleep(10);
      expect(told).toEqual([]);
      sys.write(pipe.write, bytes('x'));
      await sleep(20);
      expect(told.length).toBeGreaterThan(1);
      expect(told[0]).toEqual({ readable: true, writable: false, hangup: false });
      watch.update({ readable: false, writable: false });
      await sleep(5);
      told.length = 0;
      await sleep(10);
      expect(told).toEqual([]);
      readText(sys, pipe.read);
      watch.update(readable);
      sys.close(pipe.write);
      await sleep(20);
      expect(told[0]).toMatchObject({ hangup: true });
      watch[Symbol.dispose]();
      watch[Symbol.dispose]();
      told.length = 0;
      await sleep(5);
      expect(told).toEqual([]);
      sys.close(pipe.read);
    });

    test('a watch for edges tells once of each', async () => {
      const pipe = sys.pipe();
      let told = 0;
      using watch = sys.watch(pipe.read, { ...readable, edgeTriggered: true }, () => told++);
      sys.write(pipe.write, bytes('x'));
      await sleep(10);
      expect(told).toBe(1);
      await sleep(10);
      expect(told).toBe(1);
      watch.update({ ...readable, edgeTriggered: true });
      await sleep(10);
      expect(told).toBe(2);
      sys.close(pipe.write);
      sys.close(pipe.read);
    });

    test('a watch for the hang-up alone hears of nothing else', async () => {
      const pipe = sys.pipe();
      const told: Readiness[] = [];
      const watch = sys.watch(pipe.read, { readable: false, writable: false, hangup: true }, (readiness) =>
        told.push(readiness),
      );
      sys.write(pipe.write, bytes('x'));
      await sleep(10);
      expect(told).toEqual([]);
      sys.close(pipe.write);
      await sleep(10);
      expect(told[0]).toMatchObject({ hangup: true });
      watch[Symbol.dispose]();
      sys.close(pipe.read);
    });

    test('a full pipe becomes writable when it is read', async () => {
      const pipe = sys.pipe();
      sys.write(pipe.write, Buffer.alloc(65_536));
      let told = 0;
      const watch = sys.watch(pipe.write, { readable: false, writable: true }, () => told++);
      await sleep(10);
      expect(told).toBe(0);
      sys.read(pipe.read, Buffer.alloc(65_536));
      await sleep(10);
      expect(told).toBeGreaterThan(0);
      watch[Symbol.dispose]();
      sys.close(pipe.read);
      sys.close(pipe.write);
    });

    test('descriptors travel over a unix socket', async () => {
      const path = world.path('socket');
      expect(() => sys.connectUnix(path)).toThrow(expect.objectContaining({ errno: 'ENOENT' }));
      const listener = sys.listenUnix(path);
      expect(sys.accept(listener)).toBe(undefined);
      const near = sys.connectUnix(path);
      const far = sys.accept(listener);
      if (far === undefined) throw new Error('no connection');
      expect(sys.receiveDescriptors(far, 100)).toBe(undefined);
      const pipe = sys.pipe();
      expect(sys.sendDescriptors(near, bytes('two'), [pipe.write, pipe.write])).toBe(3);
      sys.close(pipe.write);
      const message = sys.receiveDescriptors(far, 100);
      expect(Buffer.from(message?.data ?? []).toString()).toBe('two');
      expect(message?.descriptors).toHaveLength(2);
      const [one, two] = message?.descriptors ?? [];
      if (one === undefined || two === undefined) throw new Error('no descriptors');
      sys.write(one, bytes('x'));
      expect(readText(sys, pipe.read)).toBe('x');
      sys.close(near);
      expect(sys.receiveDescriptors(far, 100)).toMatchObject({ descriptors: [] });
      for (const fd of [one, two, pipe.read, far, listener]) sys.close(fd);
    });

    test('a peer has credentials', () => {
      const listener = sys.listenUnix(`\0${world.path('abstract')}`);
      const near = sys.connectUnix(`\0${world.path('abstract')}`);
      expect(sys.peerCredentials(near)).toMatchObject({ uid: 0, gid: 0 });
      sys.close(near);
      sys.close(listener);
    });

    test('a terminal has a size, and its master reads EIO while no process has the slave', () => {
      const { master, path } = sys.openTerminal();
      sys.setWindowSize(master, { rows: 12, columns: 34 });
      expect(sys.windowSize(master)).toEqual({ rows: 12, columns: 34 });
      const slave = sys.open(path, constants.O_RDWR | constants.O_NOCTTY);
      expect(sys.windowSize(slave)).toEqual({ rows: 12, columns: 34 });
      expect(readText(sys, master)).toBe(undefined);
      sys.write(slave, bytes('printed'));
      sys.close(slave);
      expect(readText(sys, master)).toBe('printed');
      expect(() => readText(sys, master)).toThrow(expect.objectContaining({ errno: 'EIO' }));
      sys.close(master);
    });

    test('a child is waited for once, and a pidfd says when', async () => {
      const child = await world.child();
      const pidfd = sys.pidfdOpen(child.pid);
      expect(sys.waitPid(child.pid)).toBe(undefined);
      expect(sys.peekExitedChild()).toBe(undefined);
      const ended = new Promise<void>((resolve) => {
        const watch = sys.watch(pidfd, readable, () => {
          watch[Symbol.dispose]();
          resolve();
        });
      });
      await child.end(7);
      await ended;
      expect(sys.peekExitedChild()).toBe(child.pid);
      expect(sys.waitPid(child.pid)).toEqual({ kind: 'exited', pid: child.pid, code: 7 });
      expect(sys.peekExitedChild()).toBe(undefined);
      expect(() => sys.waitPid(child.pid)).toThrow(expect.objectContaining({ errno: 'ECHILD', code: 'not_found' }));
      sys.close(pidfd);
    });

    test('an eventfd counts', () => {
      const fd = sys.eventfd();
      const number = Buffer.alloc(8);
      expect(sys.read(fd, number)).toBe(undefined);
      number.writeBigUInt64LE(3n);
      sys.write(fd, number);
      sys.write(fd, number);
      expect(sys.read(fd, number)).toBe(8);
      expect(number.readBigUInt64LE()).toBe(6n);
      sys.close(fd);
    });

    test('unmounting what is not mounted is EINVAL', async () => {
      const path = world.path('file');
      await expect(sys.unmount(path)).rejects.toMatchObject({ errno: 'EINVAL', code: 'invalid_argument' });
    });

    test('nothing of all that is left open', () => {
      expect(world.openDescriptors()).toBe(0);
    });
  });
}
