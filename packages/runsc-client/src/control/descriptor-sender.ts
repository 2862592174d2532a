import type { Fd } from '../ids.ts';

/** A connected control socket on which the first bytes were sent. Whoever receives it owns `socket`. */
export interface SentDescriptors {
  readonly socket: Fd;
  /** How many bytes of the data left; the rest has still to be written, without descriptors. */
  readonly sent: number;
}

/**
 * Connects to a unix socket and sends `data` with `descriptors` attached to its first byte (SCM_RIGHTS), which Node
 * cannot. It must not block. When it throws, nothing stays open and the other side got no whole request. A path that
 * begins with a zero byte is abstract, and every byte of it counts.
 */
export type DescriptorSender = (
  path: string,
  message: {
    readonly data: Uint8Array;
    readonly descriptors: readonly Fd[];
  },
) => SentDescriptors;

/** The system calls that a {@link DescriptorSender} is made of; `Sys` of `@sandshim/io/sys` has them. */
export interface DescriptorPort {
  connectUnix(path: string): Fd;
  /** Bytes sent; `undefined` where the call would block. */
  sendDescriptors(socket: Fd, data: Uint8Array, descriptors: readonly Fd[]): number | undefined;
  close(fd: Fd): void;
}

/** A {@link DescriptorSender} over these system calls. */
export function descriptorSender(port: DescriptorPort): DescriptorSender {
  return (path, { data, descriptors }) => {
    const socket = port.connectUnix(path);
    try {
      const sent = port.sendDescriptors(socket, data, descriptors);
      if (sent === undefined || sent === 0) throw new Error('a fresh control socket takes no bytes');
      return { socket, sent };
    } catch (error) {
      port.close(socket);
      throw error;
    }
  };
}
