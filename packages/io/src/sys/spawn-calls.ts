import { constants } from 'node:fs';
import { type Fd, parsePid } from '@sandshim/runsc-client';
import { errnoNumber } from './errno.ts';
import type { Libc, LibcArgument, LibcFunction } from './libc.ts';
import type { ProcessImage, Sys } from './sys.ts';
import { SystemError } from './system-error.ts';

// glibc's structures have 336 and 80 bytes on every 64-bit architecture.
const attributesSize = 512;
const actionsSize = 256;
const sigsetSize = 128;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const F_DUPFD_CLOEXEC = 1030;

/** Starts programs. */
export function spawnCalls(libc: Libc, { setNonBlocking }: Pick<Sys, 'setNonBlocking'>): Pick<Sys, 'spawn'> {
  let attributes: Buffer | undefined;
  return {
    spawn(image) {
      attributes ??= makeAttributes(libc);
      refuseZeroBytes(image);
      for (const fd of image.descriptors.slice(0, 3)) if (fd !== null) setNonBlocking(fd, false);
      using sources = outOfTheWay(libc, image.descriptors);
      const actions = Buffer.alloc(actionsSize);
      check(libc, 'posix_spawn_file_actions_init', actions);
      try {
        connect(libc, actions, sources.descriptors);
        if (image.cwd !== undefined) check(libc, 'posix_spawn_file_actions_addchdir_np', actions, image.cwd);
        const pid = new Int32Array(1);
        const argv = [image.file, ...image.args, null];
        const errno = libc.attempt('posix_spawnp', pid, image.file, actions, attributes, argv, environment(image));
        if (errno !== 0) throw new SystemError({ syscall: 'spawn', errno, subject: image.file });
        return parsePid(pid[0]);
      } finally {
        libc.attempt('posix_spawn_file_actions_destroy', actions);
      }
    },
  };
}

/** Made once: every child leads a session, and none inherits that Node ignores SIGPIPE. */
function makeAttributes(libc: Libc): Buffer {
  const attributes = Buffer.alloc(attributesSize);
  check(libc, 'posix_spawnattr_init', attributes);
  check(libc, 'posix_spawnattr_setsigdefault', attributes, Buffer.alloc(sigsetSize, 0xff));
  check(libc, 'posix_spawnattr_setsigmask', attributes, Buffer.alloc(sigsetSize));
  const flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
  check(libc, 'posix_spawnattr_setflags', attributes, flags);
  return attributes;
}

/** These functions answer with the errno itself. */
function check(libc: Libc, name: LibcFunction, ...args: readonly LibcArgument[]): void {
  const errno = libc.attempt(name, ...args);
  if (errno !== 0) throw new SystemError({ syscall: name, errno });
}

/** The same descriptors, where none has a number that becomes another one of the child's: copies of those that have. */
function outOfTheWay(libc: Libc, descriptors: readonly (Fd | null)[]) {
  const copies: number[] = [];
  const copy = (fd: Fd): number => {
    const about = { subject: `of descriptor ${fd}`, as: 'fcntl(F_DUPFD_CLOEXEC)' };
    const made = libc.call('fcntl', about, fd, F_DUPFD_CLOEXEC, descriptors.length);
    copies.push(made);
    return made;
  };
  const dispose = () => {
    for (const fd of copies) libc.attempt('close', fd);
  };
  try {
    const moved = descriptors.map((fd, target) =>
      fd === null || fd === target || fd >= descriptors.length ? fd : copy(fd),
    );
    return { descriptors: moved, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function connect(libc: Libc, actions: Buffer, descriptors: readonly (number | null)[]): void {
  for (const [target, fd] of descriptors.entries()) {
    if (fd === null) {
      const flags = target === 0 ? constants.O_RDONLY : constants.O_RDWR;
      check(libc, 'posix_spawn_file_actions_addopen', actions, target, '/dev/null', flags, 0);
    } else {
      check(libc, 'posix_spawn_file_actions_adddup2', actions, fd, target);
    }
  }
}

function environment({ env }: ProcessImage): readonly (string | null)[] {
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return [...set, null];
}

/** A C string ends at its first zero byte: what comes after it would be cut off without a word. */
function refuseZeroBytes({ file, args, env, cwd }: ProcessImage): void {
  const texts = [file, ...args, ...Object.entries(env).flat(), cwd];
  if (texts.some((text) => text?.includes('\0'))) {
    throw new SystemError({ syscall: 'spawn', errno: errnoNumber('EINVAL'), subject: 'with a zero byte' });
  }
}
