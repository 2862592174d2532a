import { constants } from 'node:fs';
import { parseFd, parsePid } from '@sandshim/runsc-client';
import { errnoNumber } from './errno.ts';
import type { Libc } from './libc.ts';
import type { ChildExit, Sys } from './sys.ts';
import { SystemError } from './system-error.ts';

const O_CLOEXEC = 0o2_000_000;
const WNOHANG = 1;
const P_ALL = 0;
const WEXITED = 4;
const WNOWAIT = 0x100_0000;
const SIG_UNBLOCK = 1;
const sigsetSize = 128;
const siginfoSize = 128;
const siginfoPid = 16;
const PR_SET_CHILD_SUBREAPER = 36;
const PR_SCHED_CORE = 62;
const PR_SCHED_CORE_CREATE = 1;
const PIDTYPE_PGID = 2;
const IN_MODIFY = 0x2;
const IN_ACCESS = 0x1;
const IN_ATTRIB = 0x4;
const IN_OPEN = 0x20;
const IN_DELETE_SELF = 0x400;
// Numbers above 400 are the same on every architecture; older C libraries lack the wrappers.
const SYS_pidfd_send_signal = 424;
const SYS_pidfd_open = 434;
const SYS_pidfd_getfd = 438;

type ProcessCalls = Pick<
  Sys,
  | 'becomeSubreaper'
  | 'waitPid'
  | 'peekExitedChild'
  | 'createSession'
  | 'unblockSignal'
  | 'pidfdOpen'
  | 'pidfdSignal'
  | 'pidfdDescriptor'
  | 'eventfd'
  | 'inotify'
  | 'createSchedCore'
>;

/** Children and other processes, and the descriptors by which the kernel tells of them. */
export function processCalls(libc: Libc): ProcessCalls {
  return {
    becomeSubreaper() {
      libc.call('prctl', { as: 'prctl(PR_SET_CHILD_SUBREAPER)' }, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    },
    waitPid(pid) {
      const status = new Int32Array(1);
      if (libc.call('waitpid', { subject: `of process ${pid}` }, pid, status, WNOHANG) === 0) return undefined;
      return decodeWaitStatus(pid, status[0] ?? 0);
    },
    peekExitedChild() {
      const information = Buffer.alloc(siginfoSize);
      const result = libc.attempt('waitid', P_ALL, 0, information, WEXITED | WNOHANG | WNOWAIT);
      if (result === -errnoNumber('ECHILD')) return undefined;
      if (result < 0) throw new SystemError({ syscall: 'waitid', errno: -result });
      const pid = information.readInt32LE(siginfoPid);
      return pid === 0 ? undefined : parsePid(pid);
    },
    createSession() {
      libc.call('setsid', {});
    },
    unblockSignal(signal) {
      const set = Buffer.alloc(sigsetSize);
      set.writeUInt8(1 << ((signal - 1) % 8), Math.floor((signal - 1) / 8));
      libc.call('sigprocmask', {}, SIG_UNBLOCK, set, null);
    },
    pidfdOpen(pid) {
      const about = { subject: `of process ${pid}`, as: 'pidfd_open' };
      return parseFd(libc.call('syscall', about, SYS_pidfd_open, pid, 0, 0, 0, 0));
    },
    pidfdSignal(pidfd, signal) {
      const about = { subject: `of descriptor ${pidfd}`, as: 'pidfd_send_signal' };
      libc.call('syscall', about, SYS_pidfd_send_signal, pidfd, signal, 0, 0, 0);
    },
    pidfdDescriptor(pidfd, number) {
      const about = { subject: `of descriptor ${pidfd}`, as: 'pidfd_getfd' };
      return parseFd(libc.call('syscall', about, SYS_pidfd_getfd, pidfd, number, 0, 0, 0));
    },
    eventfd() {
      return parseFd(libc.call('eventfd', {}, 0, O_CLOEXEC | constants.O_NONBLOCK));
    },
    inotify(paths, options = {}) {
      const mask = options.event === 'read' ? IN_ACCESS | IN_ATTRIB | IN_OPEN : IN_MODIFY | IN_DELETE_SELF;
      const fd = parseFd(libc.call('inotify_init1', {}, O_CLOEXEC | constants.O_NONBLOCK));
      try {
        for (const path of paths) libc.call('inotify_add_watch', { subject: path }, fd, path, mask);
      } catch (error) {
        libc.attempt('close', fd);
        throw error;
      }
      return fd;
    },
    createSchedCore() {
      const about = { as: 'prctl(PR_SCHED_CORE)' };
      libc.call('prctl', about, PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, PIDTYPE_PGID, 0);
    },
  };
}

/** Reads the status word of wait4, for a process that has ended. */
export function decodeWaitStatus(pid: ChildExit['pid'], status: number): ChildExit {
  const signal = status & 0x7f;
  return signal === 0 ? { kind: 'exited', pid, code: (status >> 8) & 0xff } : { kind: 'signaled', pid, signal };
}
