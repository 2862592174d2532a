import { SandshimError } from '@sandshim/runsc-client';
import type * as koffi from 'koffi';
import { SystemError } from './system-error.ts';

// Pointers are declared void*: koffi then hands a Buffer's own memory to the kernel instead of copying it.
const prototypes = {
  accept4: 'int accept4(int fd, void *address, void *length, int flags)',
  bind: 'int bind(int fd, void *address, uint32_t length)',
  close: 'int close(int fd)',
  connect: 'int connect(int fd, void *address, uint32_t length)',
  epoll_create1: 'int epoll_create1(int flags)',
  epoll_ctl: 'int epoll_ctl(int epoll, int operation, int fd, void *event)',
  epoll_wait: 'int epoll_wait(int epoll, void *events, int count, int timeout)',
  eventfd: 'int eventfd(uint32_t initial, int flags)',
  fchown: 'int fchown(int fd, uint32_t uid, uint32_t gid)',
  fcntl: 'int fcntl(int fd, int command, long argument)',
  flock: 'int flock(int fd, int operation)',
  getsockopt: 'int getsockopt(int fd, int level, int name, void *value, void *length)',
  inotify_add_watch: 'int inotify_add_watch(int fd, str path, uint32_t mask)',
  inotify_init1: 'int inotify_init1(int flags)',
  ioctl: 'int ioctl(int fd, unsigned long request, void *argument)',
  listen: 'int listen(int fd, int backlog)',
  madvise: 'int madvise(uintptr_t address, size_t length, int advice)',
  malloc_trim: 'int malloc_trim(size_t pad)',
  mkfifo: 'int mkfifo(str path, uint32_t mode)',
  mount: 'int mount(str source, str target, str type, unsigned long flags, str data)',
  open: 'int open(str path, int flags, uint32_t mode)',
  pipe2: 'int pipe2(void *descriptors, int flags)',
  posix_spawn_file_actions_addchdir_np: 'int posix_spawn_file_actions_addchdir_np(void *actions, str path)',
  posix_spawn_file_actions_adddup2: 'int posix_spawn_file_actions_adddup2(void *actions, int fd, int target)',
  posix_spawn_file_actions_addopen:
    'int posix_spawn_file_actions_addopen(void *actions, int target, str path, int flags, uint32_t mode)',
  posix_spawn_file_actions_destroy: 'int posix_spawn_file_actions_destroy(void *actions)',
  posix_spawn_file_actions_init: 'int posix_spawn_file_actions_init(void *actions)',
  posix_spawnattr_init: 'int posix_spawnattr_init(void *attributes)',
  posix_spawnattr_setflags: 'int posix_spawnattr_setflags(void *attributes, int16_t flags)',
  posix_spawnattr_setsigdefault: 'int posix_spawnattr_setsigdefault(void *attributes, void *set)',
  posix_spawnattr_setsigmask: 'int posix_spawnattr_setsigmask(void *attributes, void *set)',
  posix_spawnp:
    'int posix_spawnp(void *pid, str file, void *actions, void *attributes, const char **argv, const char **environment)',
  prctl: 'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
  read: 'intptr_t read(int fd, void *buffer, size_t length)',
  recvmsg: 'intptr_t recvmsg(int fd, void *message, int flags)',
  sendmsg: 'intptr_t sendmsg(int fd, void *message, int flags)',
  setsid: 'int setsid()',
  sigprocmask: 'int sigprocmask(int how, void *set, void *previous)',
  socket: 'int socket(int domain, int type, int protocol)',
  splice: 'intptr_t splice(int from, void *fromOffset, int to, void *toOffset, size_t length, uint32_t flags)',
  syscall: 'long syscall(long number, long a, long b, long c, long d, long e)',
  umount2: 'int umount2(str target, int flags)',
  waitid: 'int waitid(int kind, uint32_t id, void *information, int options)',
  waitpid: 'int waitpid(int pid, void *status, int options)',
  write: 'intptr_t write(int fd, void *buffer, size_t length)',
} as const;

type Declared = ReturnType<koffi.LibraryHandle['func']>;

export type LibcFunction = keyof typeof prototypes;
export type LibcArgument = number | string | bigint | Uint8Array | Int32Array | null | readonly (string | null)[];

/** How a call is named and described when it fails. */
export interface CallDescription {
  readonly subject?: string;
  /** For `syscall` and `ioctl`: what was really asked for. */
  readonly as?: string;
}

/** The C library. Each function is looked up at its first use: a program pays for what it calls. */
export class Libc {
  readonly #koffi: typeof koffi;
  readonly #library: koffi.LibraryHandle;
  readonly #functions = new Map<LibcFunction, Declared>();

  /** @throws SandshimError `unimplemented` where there is no glibc. */
  constructor(module: typeof koffi) {
    this.#koffi = module;
    try {
      this.#library = module.load('libc.so.6');
    } catch (error) {
      throw new SandshimError('unimplemented', 'system calls need glibc (libc.so.6)', { cause: error });
    }
  }

  /** The address of a buffer's first byte, to be put into a structure. The buffer must outlive the call. */
  address(buffer: Uint8Array): bigint {
    return this.#koffi.address(buffer);
  }

  /** What the function returns, or its errno as a negative number. Never throws for an errno. */
  attempt(name: LibcFunction, ...args: readonly LibcArgument[]): number {
    const result = Number(this.#function(name)(...args));
    return result === -1 ? -this.errno() : result;
  }

  /** The function itself, for where every microsecond counts: it returns -1 where {@link errno} says why. */
  native(name: LibcFunction): (...args: readonly LibcArgument[]) => number {
    return this.#function(name);
  }

  /** Of the call that was made last. */
  errno(): number {
    return this.#koffi.errno();
  }

  /** What the function returns. @throws SystemError */
  call(name: LibcFunction, description: CallDescription, ...args: readonly LibcArgument[]): number {
    const result = Number(this.#function(name)(...args));
    if (result === -1) throw this.#failure(name, description);
    return result;
  }

  /** The same on a thread of libuv's pool, for what may block. Keep buffers that the call uses alive yourself. */
  callOffThread(name: LibcFunction, description: CallDescription, ...args: readonly LibcArgument[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#function(name).async(...args, (error: unknown, result: number | bigint) => {
        if (error !== null) reject(error);
        else if (Number(result) === -1) reject(this.#failure(name, description));
        else resolve(Number(result));
      });
    });
  }

  #failure(name: LibcFunction, description: CallDescription): SystemError {
    const errno = this.errno();
    return new SystemError({
      syscall: description.as ?? name,
      errno,
      ...(description.subject !== undefined && { subject: description.subject }),
    });
  }

  #function(name: LibcFunction): Declared {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const declared = this.#library.func(prototypes[name]);
    this.#functions.set(name, declared);
    return declared;
  }
}
