import { constants } from 'node:fs';
import type { Fd } from '@sandshim/runsc-client';
import { parseFd } from '@sandshim/runsc-client';
import type { FakeDescriptors } from './fake-descriptors.ts';
import { type FakeOpenFile, failure, fakeFile } from './fake-open-file.ts';
import { FakePipe } from './fake-pipe.ts';
import { FakeTerminals } from './fake-terminals.ts';

const O_PATH = 0o10_000_000;

interface FakeRegularFile {
  content: Buffer;
}

type Node = FakePipe | FakeRegularFile;

/** The paths of the fake: fifos, files, slaves of terminals. Folders need not exist. */
export class FakeFiles {
  readonly terminals = new FakeTerminals();
  readonly #descriptors: FakeDescriptors;
  readonly #nodes = new Map<string, Node>();
  readonly #openNodes = new WeakMap<FakeOpenFile, Node>();
  readonly #locks = new Map<Node, FakeOpenFile>();

  constructor(descriptors: FakeDescriptors) {
    this.#descriptors = descriptors;
  }

  mkfifo(path: string): void {
    if (this.#nodes.has(path)) throw failure('mkfifo', 'EEXIST', path);
    this.#nodes.set(path, new FakePipe());
  }

  /** Puts a file there, whatever was there before. */
  writeFile(path: string, content: string | Uint8Array): void {
    this.#nodes.set(path, { content: Buffer.from(content) });
  }

  /** The content of a file. @throws SystemError ENOENT */
  readFile(path: string): Buffer {
    const node = this.#nodes.get(path);
    if (node === undefined || node instanceof FakePipe) throw failure('open', 'ENOENT', path);
    return node.content;
  }

  open(path: string, flags: number): Fd {
    const slave = this.terminals.openSlave(path);
    if (slave !== undefined) return this.#descriptors.add(slave);
    const node = this.#find(path, flags);
    const file = this.#openNode(node, path, flags);
    this.#openNodes.set(file, node);
    return this.#descriptors.add(file);
  }

  tryLock(fd: Fd): boolean {
    const file = this.#descriptors.get(fd, 'flock');
    const node = this.#openNodes.get(file);
    if (node === undefined) throw failure('flock', 'EINVAL');
    const holder = this.#locks.get(node) ?? file;
    this.#locks.set(node, holder);
    return holder === file;
  }

  /** The pipe behind a descriptor. @throws SystemError EBADF */
  pipeOf(fd: Fd, syscall: string): FakePipe {
    const node = this.#openNodes.get(this.#descriptors.get(fd, syscall));
    if (node instanceof FakePipe) return node;
    throw failure(syscall, 'EBADF', `of descriptor ${fd}`);
  }

  pipe(): { readonly read: Fd; readonly write: Fd } {
    const pipe = new FakePipe();
    const ends = { read: pipe.open({ reads: true, writes: false }), write: pipe.open({ reads: false, writes: true }) };
    this.#openNodes.set(ends.read, pipe);
    this.#openNodes.set(ends.write, pipe);
    return { read: this.#descriptors.add(ends.read), write: this.#descriptors.add(ends.write) };
  }

  #find(path: string, flags: number): Node {
    const link = /^\/proc\/self\/fd\/(\d+)$/.exec(path);
    const opened = link && this.#openNodes.get(this.#descriptors.get(parseFd(Number(link[1])), 'open'));
    const node = opened ?? this.#nodes.get(path);
    if (node !== undefined) return node;
    if ((flags & constants.O_CREAT) === 0) throw failure('open', 'ENOENT', path);
    const made = { content: Buffer.alloc(0) };
    this.#nodes.set(path, made);
    return made;
  }

  #openNode(node: Node, path: string, flags: number): FakeOpenFile {
    const access = flags & (constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR);
    const reads = access !== constants.O_WRONLY;
    const writes = access !== constants.O_RDONLY;
    if ((flags & O_PATH) !== 0) return fakeFile({ kind: node instanceof FakePipe ? 'fifo' : 'file' });
    if (!(node instanceof FakePipe)) return this.#openRegular(node, { append: (flags & constants.O_APPEND) !== 0 });
    if (writes && !reads && node.readers === 0) {
      if ((flags & constants.O_NONBLOCK) !== 0) throw failure('open', 'ENXIO', path);
      throw new Error(`opening ${path} would block for ever`);
    }
    if (reads && !writes && node.writers === 0 && (flags & constants.O_NONBLOCK) === 0) {
      throw new Error(`opening ${path} would block for ever`);
    }
    return node.open({ reads, writes });
  }

  #openRegular(node: FakeRegularFile, { append }: { readonly append: boolean }): FakeOpenFile {
    let offset = 0;
    const file = fakeFile({
      kind: 'file',
      watchable: false,
      read(buffer) {
        const part = node.content.subarray(offset, offset + buffer.byteLength);
        buffer.set(part);
        offset += part.byteLength;
        return part.byteLength;
      },
      write(bytes) {
        if (append) offset = node.content.byteLength;
        const grown = Buffer.alloc(Math.max(node.content.byteLength, offset + bytes.byteLength));
        node.content.copy(grown);
        grown.set(bytes, offset);
        node.content = grown;
        offset += bytes.byteLength;
        return bytes.byteLength;
      },
      release: () => {
        if (this.#locks.get(node) === file) this.#locks.delete(node);
      },
    });
    return file;
  }
}
