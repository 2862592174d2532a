import type { Fd } from '@sandshim/runsc-client';
import type { PeerCredentials } from '../sys/index.ts';
import type { FakeDescriptors } from './fake-descriptors.ts';
import { type FakeOpenFile, failure, fakeFile } from './fake-open-file.ts';

interface Message {
  readonly data: Uint8Array;
  readonly descriptors: readonly Fd[];
}

interface End {
  readonly file: FakeOpenFile;
  readonly inbox: Message[];
  peer: End | undefined;
  closed: boolean;
}

interface Listener {
  readonly waiting: End[];
  readonly file: FakeOpenFile;
}

/** Unix sockets of the fake: whole messages, with their descriptors. */
export class FakeSockets {
  readonly #descriptors: FakeDescriptors;
  readonly #listeners = new Map<string, Listener>();
  readonly #ends = new WeakMap<FakeOpenFile, End>();
  readonly #listening = new WeakMap<FakeOpenFile, Listener>();
  /** Who the other side of every connection is. */
  credentials: PeerCredentials = { pid: 1, uid: 0, gid: 0 };

  constructor(descriptors: FakeDescriptors) {
    this.#descriptors = descriptors;
  }

  listen(path: string): Fd {
    if (this.#listeners.has(path)) throw failure('bind', 'EADDRINUSE', path);
    const waiting: End[] = [];
    const file = fakeFile({
      readiness: () => ({ readable: waiting.length > 0, writable: false, hangup: false }),
      release: () => this.#listeners.delete(path),
    });
    const listener = { waiting, file };
    this.#listeners.set(path, listener);
    this.#listening.set(file, listener);
    return this.#descriptors.add(file);
  }

  connect(path: string): Fd {
    const listener = this.#listeners.get(path);
    if (listener === undefined) throw failure('connect', path.startsWith('\0') ? 'ECONNREFUSED' : 'ENOENT', path);
    const [near, far] = [this.#end(), this.#end()];
    near.peer = far;
    far.peer = near;
    listener.waiting.push(far);
    return this.#descriptors.add(near.file);
  }

  accept(fd: Fd): Fd | undefined {
    const listener = this.#listening.get(this.#descriptors.get(fd, 'accept4'));
    if (listener === undefined) throw failure('accept4', 'EINVAL');
    const end = listener.waiting.shift();
    return end && this.#descriptors.add(end.file);
  }

  peerOf(fd: Fd): PeerCredentials {
    if (!this.#ends.has(this.#descriptors.get(fd, 'getsockopt'))) throw failure('getsockopt(SO_PEERCRED)', 'ENOTSOCK');
    return this.credentials;
  }

  send(fd: Fd, data: Uint8Array, descriptors: readonly Fd[]): number {
    const end = this.#endOf(fd, 'sendmsg');
    if (end.peer === undefined || end.peer.closed) throw failure('sendmsg', 'EPIPE');
    // As in the kernel, what is sent lives on when the sender closes it.
    const sent = descriptors.map((descriptor) => this.#descriptors.duplicate(descriptor, 'sendmsg'));
    end.peer.inbox.push({ data: Uint8Array.from(data), descriptors: sent });
    return data.byteLength;
  }

  receive(fd: Fd, maxBytes: number): Message | undefined {
    const end = this.#endOf(fd, 'recvmsg');
    const message = end.inbox.shift();
    if (message === undefined) {
      return end.peer === undefined || end.peer.closed ? { data: new Uint8Array(), descriptors: [] } : undefined;
    }
    const data = message.data.subarray(0, maxBytes);
    const rest = message.data.subarray(maxBytes);
    if (rest.byteLength > 0) end.inbox.unshift({ data: rest, descriptors: [] });
    return { data, descriptors: message.descriptors };
  }

  #end(): End {
    const inbox: Message[] = [];
    const file = fakeFile({
      readiness: () => ({ readable: inbox.length > 0, writable: true, hangup: end.peer?.closed ?? false }),
      read: (buffer) => {
        const message = this.#receiveOf(end, buffer.byteLength);
        if (message === undefined) return undefined;
        buffer.set(message.data);
        return message.data.byteLength;
      },
      write: (bytes) => this.#sendTo(end, bytes),
      release: () => {
        end.closed = true;
        for (const { descriptors } of inbox) for (const fd of descriptors) this.#descriptors.close(fd);
      },
    });
    const end: End = { file, inbox, peer: undefined, closed: false };
    this.#ends.set(file, end);
    return end;
  }

  #receiveOf(end: End, maxBytes: number): Message | undefined {
    const message = end.inbox.shift();
    if (message === undefined) return end.peer?.closed ? { data: new Uint8Array(), descriptors: [] } : undefined;
    const rest = message.data.subarray(maxBytes);
    if (rest.byteLength > 0) end.inbox.unshift({ data: rest, descriptors: message.descriptors });
    return { data: message.data.subarray(0, maxBytes), descriptors: [] };
  }

  #sendTo(end: End, bytes: Uint8Array): number {
    if (end.peer === undefined || end.peer.closed) throw failure('write', 'EPIPE');
    end.peer.inbox.push({ data: Uint8Array.from(bytes), descriptors: [] });
    return bytes.byteLength;
  }

  #endOf(fd: Fd, syscall: string): End {
    const end = this.#ends.get(this.#descriptors.get(fd, syscall));
    if (end === undefined) throw failure(syscall, 'ENOTSOCK');
    return end;
  }
}
