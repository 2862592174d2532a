import { type Pid, parseFd } from '@sandshim/runsc-client';
import type { ErrnoName } from '../sys/errno.ts';
import type { ChildExit, MountSpec, PeerCredentials, Sys } from '../sys/index.ts';
import { FakeChildren, type SentSignal } from './fake-children.ts';
import { fakeDescriptorCalls } from './fake-descriptor-calls.ts';
import { FakeDescriptors } from './fake-descriptors.ts';
import { FakeFiles } from './fake-files.ts';
import { fakeMounts } from './fake-mounts.ts';
import { FakeNotices } from './fake-notices.ts';
import { FakeSockets } from './fake-sockets.ts';
import { FakeWatches } from './fake-watches.ts';
import { type RecordedCall, recordCalls } from './record-calls.ts';

/** A {@link Sys} in memory that writes down what is asked of it, and what a test does to its world. */
export interface FakeSys extends Sys {
  /** Every call of {@link Sys}, in order. */
  readonly calls: readonly RecordedCall[];
  /** The names of the calls alone. */
  readonly callNames: readonly string[];
  /** The next call of that name fails so. Several wait in line. */
  failNext(name: keyof Sys, errno: ErrnoName): void;
  readonly openDescriptors: number;
  readonly watches: number;
  /** What is mounted, the oldest first. */
  readonly mounts: readonly MountSpec[];
  readonly signals: readonly SentSignal[];
  /** A process that {@link Sys.waitPid} and {@link Sys.pidfdOpen} know. */
  addChild(pid: Pid): void;
  endChild(exit: ChildExit): void;
  writeFile(path: string, content: string | Uint8Array): void;
  readFile(path: string): Buffer;
  /** Who the other side of each connection is. Default: pid 1, root. */
  setPeer(credentials: PeerCredentials): void;
  /** Lets an inotify descriptor of `path` become readable. */
  notify(path: string): void;
}

/** A new world with nothing in it. */
export function createFakeSys(): FakeSys {
  const descriptors = new FakeDescriptors();
  const watches = new FakeWatches(descriptors);
  const files = new FakeFiles(descriptors);
  const sockets = new FakeSockets(descriptors);
  const children = new FakeChildren(descriptors);
  const mounts = fakeMounts();
  const notices = new FakeNotices(descriptors);
  const sys: Sys = {
    ...fakeDescriptorCalls({ descriptors, files }),
    ...mounts.calls,
    becomeSubreaper: () => undefined,
    createSession: () => undefined,
    releaseMemory: () => Promise.resolve(),
    unblockSignal: () => undefined,
    createSchedCore: () => undefined,
    spawn: () => children.spawn(),
    waitPid: (pid) => children.wait(pid),
    peekExitedChild: () => children.peek(),
    pidfdOpen: (pid) => children.open(pid),
    pidfdSignal: (pidfd, signal) => children.signal(pidfd, signal),
    // Every process of the fake has the one descriptor table.
    pidfdDescriptor: (_pidfd, number) => descriptors.duplicate(parseFd(number), 'pidfd_getfd'),
    connectUnix: (path) => sockets.connect(path),
    listenUnix: (path) => sockets.listen(path),
    accept: (socket) => sockets.accept(socket),
    peerCredentials: (socket) => sockets.peerOf(socket),
    sendDescriptors: (socket, data, sent) => sockets.send(socket, data, sent),
    receiveDescriptors: (socket, maxBytes) => sockets.receive(socket, maxBytes),
    watch: (fd, interest, listener) => watches.watch(fd, interest, listener),
    inotify: (paths) => notices.open(paths),
  };
  const recorder = recordCalls(sys, () => watches.changed());
  return {
    ...recorder.sys,
    calls: recorder.calls,
    failNext: recorder.failNext,
    mounts: mounts.mounted,
    signals: children.signals,
    get callNames() {
      return recorder.calls.map(({ name }) => name);
    },
    get openDescriptors() {
      return descriptors.count;
    },
    get watches() {
      return watches.count;
    },
    addChild: (pid) => children.add(pid),
    endChild: (exit) => {
      children.end(exit);
      watches.changed();
    },
    writeFile: (path, content) => files.writeFile(path, content),
    readFile: (path) => files.readFile(path),
    setPeer: (credentials) => {
      sockets.credentials = credentials;
    },
    notify: (path) => {
      notices.notify(path);
      watches.changed();
    },
  };
}
