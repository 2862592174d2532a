import { type ErrnoName, errnoNumber } from '../sys/errno.ts';
import { type Readiness, SystemError } from '../sys/index.ts';

/** What a descriptor of the fake refers to. Descriptors that are duplicates share one. */
export interface FakeOpenFile {
  readonly kind: 'fifo' | 'file' | 'folder' | 'other';
  readiness(): Readiness;
  /** Whether epoll takes it; regular files are refused. */
  readonly watchable: boolean;
  read(buffer: Uint8Array): number | undefined;
  write(bytes: Uint8Array): number | undefined;
  /** The last descriptor was closed. */
  release(): void;
}

const notReady: Readiness = { readable: false, writable: false, hangup: false };

/** The failure that the kernel would report. */
export function failure(syscall: string, errno: ErrnoName, subject?: string): SystemError {
  return new SystemError({ syscall, errno: errnoNumber(errno), ...(subject !== undefined && { subject }) });
}

/** A file that can be neither read nor written, with the overrides. */
export function fakeFile(overrides: Partial<FakeOpenFile>): FakeOpenFile {
  return {
    kind: 'other',
    readiness: () => notReady,
    watchable: true,
    read: () => {
      throw failure('read', 'EINVAL');
    },
    write: () => {
      throw failure('write', 'EINVAL');
    },
    release: () => undefined,
    ...overrides,
  };
}
