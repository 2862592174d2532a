import type { Fd } from '../ids.ts';

/**
 * The system calls that a control socket needs and Node lacks: to send descriptors (SCM_RIGHTS), and to reach an abstract
 * name that ends with a zero byte, which Node does not before 24.2. `Sys` of `@sandshim/io/sys` is one. None may block.
 */
export interface DescriptorSender {
  /** A connected unix stream socket, non-blocking. A path that begins with a zero byte is abstract, and all its bytes count. */
  connectUnix(path: string): Fd;
  /** Sends `data` with `descriptors` attached to its first byte. Bytes sent; `undefined` where the call would block. */
  sendDescriptors(socket: Fd, data: Uint8Array, descriptors: readonly Fd[]): number | undefined;
  close(fd: Fd): void;
  /** Who listens at the other end. With it, no other process can pose as the sandbox: anybody may take an abstract name. */
  peerCredentials?(socket: Fd): { readonly pid: number };
}
