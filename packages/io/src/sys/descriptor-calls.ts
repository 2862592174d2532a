import { constants, fstatSync } from 'node:fs';
import { type Fd, parseFd } from '@sandshim/runsc-client';
import type { Libc } from './libc.ts';
import { refusalOf, transferred } from './outcome.ts';
import type { Sys } from './sys.ts';

// asm-generic values, the same on x64 and arm64.
const O_CLOEXEC = 0o2_000_000;
const F_GETFL = 3;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const FIONREAD = 0x541b;
const SPLICE_F_MOVE = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const SPLICE_F_NONBLOCK = 2;

type DescriptorCalls = Pick<
  Sys,
  | 'mkfifo'
  | 'pipe'
  | 'open'
  | 'close'
  | 'fileKind'
  | 'isLinked'
  | 'read'
  | 'write'
  | 'splice'
  | 'spliceOffThread'
  | 'writeOffThread'
  | 'duplicate'
  | 'setNonBlocking'
  | 'chown'
  | 'pipeSize'
  | 'setPipeSize'
  | 'readableBytes'
  | 'tryLock'
>;

/** Files, fifos and pipes, and the moving of bytes between them. */
export function descriptorCalls(libc: Libc): DescriptorCalls {
  const native: Partial<Record<'read' | 'write' | 'splice', ReturnType<Libc['native']>>> = {};
  return {
    mkfifo(path, mode) {
      libc.call('mkfifo', { subject: path }, path, mode);
    },
    pipe(options = {}) {
      const ends = new Int32Array(2);
      libc.call('pipe2', {}, ends, O_CLOEXEC | (options.blocking ? 0 : constants.O_NONBLOCK));
      return { read: parseFd(ends[0]), write: parseFd(ends[1]) };
    },
    open(path, flags, mode = 0o666) {
      return parseFd(libc.call('open', { subject: path }, path, flags | O_CLOEXEC, mode));
    },
    close(fd) {
      libc.call('close', about(fd), fd);
    },
    isLinked(fd) {
      return fstatSync(fd).nlink > 0;
    },
    fileKind(fd) {
      const stat = fstatSync(fd);
      if (stat.isFIFO()) return 'fifo';
      if (stat.isFile()) return 'file';
      return stat.isDirectory() ? 'folder' : 'other';
    },
    read(fd, buffer) {
      native.read ??= libc.native('read');
      for (;;) {
        const bytes = native.read(fd, buffer, buffer.byteLength);
        if (bytes >= 0) return bytes;
        if (refusalOf(libc, { syscall: 'read', fd }) === 'would-block') return undefined;
      }
    },
    write(fd, buffer, offset = 0) {
      const rest = offset === 0 ? buffer : buffer.subarray(offset);
      native.write ??= libc.native('write');
      for (;;) {
        const bytes = native.write(fd, rest, rest.byteLength);
        if (bytes >= 0) return bytes;
        if (refusalOf(libc, { syscall: 'write', fd }) === 'would-block') return undefined;
      }
    },
    splice(from, to, length) {
      native.splice ??= libc.native('splice');
      for (;;) {
        const bytes = native.splice(from, null, to, null, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (bytes >= 0) return bytes;
        if (refusalOf(libc, { syscall: 'splice', fd: from }) === 'would-block') return undefined;
      }
    },
    spliceOffThread(from, to, length) {
      return libc.callOffThread('splice', about(from), from, null, to, null, length, SPLICE_F_MOVE);
    },
    writeOffThread(fd, buffer) {
      return libc.callOffThread('write', about(fd), fd, buffer, buffer.byteLength);
    },
    duplicate(fd) {
      return parseFd(libc.call('fcntl', { ...about(fd), as: 'fcntl(F_DUPFD_CLOEXEC)' }, fd, F_DUPFD_CLOEXEC, 0));
    },
    setNonBlocking(fd, nonBlocking) {
      const flags = libc.call('fcntl', about(fd), fd, F_GETFL, 0);
      const wanted = nonBlocking ? flags | constants.O_NONBLOCK : flags & ~constants.O_NONBLOCK;
      if (wanted !== flags) libc.call('fcntl', about(fd), fd, F_SETFL, wanted);
    },
    chown(fd, uid, gid) {
      libc.call('fchown', about(fd), fd, uid, gid);
    },
    pipeSize(fd) {
      return libc.call('fcntl', about(fd), fd, F_GETPIPE_SZ, 0);
    },
    setPipeSize(fd, bytes) {
      return libc.call('fcntl', about(fd), fd, F_SETPIPE_SZ, bytes);
    },
    readableBytes(fd) {
      const count = new Int32Array(1);
      libc.call('ioctl', { ...about(fd), as: 'ioctl(FIONREAD)' }, fd, FIONREAD, count);
      return count[0] ?? 0;
    },
    tryLock(fd) {
      const flock = libc.native('flock');
      return transferred(libc, { syscall: 'flock', fd }, () => flock(fd, LOCK_EX | LOCK_NB)) !== undefined;
    },
  };
}

function about(fd: Fd): { readonly subject: string } {
  return { subject: `of descriptor ${fd}` };
}
