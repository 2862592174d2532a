import { constants } from 'node:fs';
import { type Fd, parseFd, SandshimError } from '@sandshim/runsc-client';
import type { Libc } from './libc.ts';
import { attachDescriptors, attachedDescriptors, layOutMessage } from './message-header.ts';
import { transferred } from './outcome.ts';
import type { Sys } from './sys.ts';
import { encodeUnixAddress } from './unix-address.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const O_CLOEXEC = 0o2_000_000;
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x4000_0000;

type SocketCalls = Pick<
  Sys,
  'connectUnix' | 'listenUnix' | 'accept' | 'peerCredentials' | 'receiveDescriptors' | 'sendDescriptors'
>;

/** Unix sockets, with what Node's own leave out: descriptors in messages, and who the peer is. */
export function socketCalls(libc: Libc): SocketCalls {
  const flags = constants.O_NONBLOCK | O_CLOEXEC;

  function unixSocket(path: string, use: (fd: Fd, address: Buffer) => void): Fd {
    const address = encodeUnixAddress(path);
    const fd = parseFd(libc.call('socket', {}, AF_UNIX, SOCK_STREAM | flags, 0));
    try {
      use(fd, address);
      return fd;
    } catch (error) {
      libc.attempt('close', fd);
      throw error;
    }
  }

  return {
    connectUnix(path) {
      return unixSocket(path, (fd, address) => {
        libc.call('connect', { subject: printable(path) }, fd, address, address.length);
      });
    },
    listenUnix(path, backlog = 128) {
      return unixSocket(path, (fd, address) => {
        libc.call('bind', { subject: printable(path) }, fd, address, address.length);
        libc.call('listen', { subject: printable(path) }, fd, backlog);
      });
    },
    accept(socket) {
      const accept = libc.native('accept4');
      const fd = transferred(libc, { syscall: 'accept4', fd: socket }, () => accept(socket, null, null, flags));
      return fd === undefined ? undefined : parseFd(fd);
    },
    peerCredentials(socket) {
      const credentials = new Int32Array(3);
      const length = new Int32Array([12]);
      const about = { subject: `of descriptor ${socket}`, as: 'getsockopt(SO_PEERCRED)' };
      libc.call('getsockopt', about, socket, SOL_SOCKET, SO_PEERCRED, credentials, length);
      const [pid = 0, uid = -1, gid = -1] = credentials;
      // A user id without a mapping here arrives as -1: read unsigned, it is nobody's.
      return { pid, uid: uid >>> 0, gid: gid >>> 0 };
    },
    receiveDescriptors(socket, maxBytes) {
      const message = layOutMessage(maxBytes, (memory) => libc.address(memory));
      const receive = libc.native('recvmsg');
      const size = transferred(libc, { syscall: 'recvmsg', fd: socket }, () =>
        receive(socket, message.memory, MSG_DONTWAIT | MSG_CMSG_CLOEXEC),
      );
      if (size === undefined) return undefined;
      const { descriptors, truncated } = attachedDescriptors(message);
      if (truncated) {
        for (const fd of descriptors) libc.attempt('close', fd);
        throw new SandshimError('resource_exhausted', 'a message brought more descriptors than this process may open');
      }
      return { data: new Uint8Array(message.data.subarray(0, size)), descriptors };
    },
    sendDescriptors(socket, data, descriptors) {
      if (data.byteLength === 0)
        throw new SandshimError('invalid_argument', 'descriptors travel with at least one byte');
      const message = layOutMessage(data.byteLength, (memory) => libc.address(memory));
      message.data.set(data);
      attachDescriptors(message, descriptors);
      const send = libc.native('sendmsg');
      return transferred(libc, { syscall: 'sendmsg', fd: socket }, () =>
        send(socket, message.memory, MSG_DONTWAIT | MSG_NOSIGNAL),
      );
    },
  };
}

function printable(path: string): string {
  return path.replace('\0', '@');
}
