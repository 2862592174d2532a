import type { Sys } from '../sys/index.ts';
import type { FakeDescriptors } from './fake-descriptors.ts';
import type { FakeFiles } from './fake-files.ts';
import { failure, fakeFile } from './fake-open-file.ts';

/** What the calls work on. */
export interface FakeDescriptorWorld {
  readonly descriptors: FakeDescriptors;
  readonly files: FakeFiles;
}

type Calls = Pick<
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
  | 'openTerminal'
  | 'windowSize'
  | 'setWindowSize'
  | 'eventfd'
>;

/** Files, pipes and terminals of the fake. */
export function fakeDescriptorCalls({ descriptors, files }: FakeDescriptorWorld): Calls {
  const splice: Sys['splice'] = (from, to, length) => {
    const target = files.pipeOf(to, 'splice');
    const source = files.pipeOf(from, 'splice');
    if (target.readers === 0) throw failure('splice', 'EPIPE');
    const room = Math.min(length, target.capacity - target.size);
    if (room === 0) return source.size === 0 && source.writers === 0 ? 0 : undefined;
    const piece = new Uint8Array(Math.min(room, Math.max(source.size, 1)));
    const bytes = descriptors.get(from, 'splice').read(piece);
    if (bytes !== undefined && bytes > 0) descriptors.get(to, 'splice').write(piece.subarray(0, bytes));
    return bytes;
  };
  const check = (fd: Parameters<Sys['close']>[0], syscall: string): void => {
    descriptors.get(fd, syscall);
  };
  return {
    mkfifo: (path) => files.mkfifo(path),
    pipe: () => files.pipe(),
    open: (path, flags) => files.open(path, flags),
    close: (fd) => descriptors.close(fd),
    isLinked: (fd) => descriptors.get(fd, 'fstat') !== undefined,
    fileKind: (fd) => descriptors.get(fd, 'fstat').kind,
    read: (fd, buffer) => descriptors.get(fd, 'read').read(buffer),
    write: (fd, buffer, offset = 0) => descriptors.get(fd, 'write').write(buffer.subarray(offset)),
    splice,
    async spliceOffThread(from, to, length) {
      return splice(from, to, length) ?? 0;
    },
    async writeOffThread(fd, buffer) {
      return descriptors.get(fd, 'write').write(buffer) ?? 0;
    },
    duplicate: (fd) => descriptors.duplicate(fd),
    setNonBlocking: (fd) => check(fd, 'fcntl'),
    chown: (fd) => check(fd, 'fchown'),
    pipeSize: (fd) => files.pipeOf(fd, 'fcntl').capacity,
    setPipeSize(fd, bytes) {
      const pipe = files.pipeOf(fd, 'fcntl');
      if (bytes < pipe.size) throw failure('fcntl', 'EBUSY');
      pipe.capacity = 2 ** Math.ceil(Math.log2(Math.max(bytes, 4096)));
      return pipe.capacity;
    },
    readableBytes: (fd) => files.pipeOf(fd, 'ioctl(FIONREAD)').size,
    tryLock: (fd) => files.tryLock(fd),
    openTerminal() {
      const { master, path } = files.terminals.create();
      return { master: descriptors.add(master), path };
    },
    windowSize: (fd) => files.terminals.sizeOf(descriptors.get(fd, 'ioctl(TIOCGWINSZ)')),
    setWindowSize: (fd, size) => files.terminals.resize(descriptors.get(fd, 'ioctl(TIOCSWINSZ)'), size),
    eventfd: () => descriptors.add(eventFile()),
  };
}

function eventFile() {
  let count = 0n;
  return fakeFile({
    readiness: () => ({ readable: count > 0n, writable: true, hangup: false }),
    read(buffer) {
      if (count === 0n) return undefined;
      new DataView(buffer.buffer, buffer.byteOffset).setBigUint64(0, count, true);
      count = 0n;
      return 8;
    },
    write(bytes) {
      if (bytes.byteLength < 8) throw failure('write', 'EINVAL');
      count += new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      return 8;
    },
  });
}
