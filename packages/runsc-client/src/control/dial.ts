import { open } from 'node:fs/promises';
import { connect, Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fd } from '../ids.ts';
import { ControlError } from './control-error.ts';
import type { DescriptorSender } from './descriptor-sender.ts';

export interface DialOptions {
  /** Aborting it before the connection stands fails with its reason. */
  readonly signal: AbortSignal;
  /** Connects in Node's place. */
  readonly sender?: DescriptorSender | undefined;
  /** The process that has to listen, where the sender can tell. */
  readonly peerPid?: number | undefined;
}

/** A message whose descriptors travel with its first byte. */
export interface DescriptorMessage extends DialOptions {
  readonly sender: DescriptorSender;
  readonly data: Uint8Array;
  readonly descriptors: readonly Fd[];
}

// sockaddr_un holds 108 bytes, the last a zero; an abstract name starts with one instead.
const maxPathBytes = 107;

/** Connects to a unix socket. @throws ControlError of outcome `not-sent` */
export function dial(path: string, { signal, sender, peerPid }: DialOptions): Promise<Socket> {
  return reach(path, signal, (address) =>
    sender === undefined ? dialByNode(address, signal) : socketOf(connectTo(address, { sender, peerPid })),
  );
}

/**
 * Connects and sends as much of the data as the socket takes at once, at least a byte, with the descriptors.
 * @throws ControlError of outcome `not-sent`
 */
export function dialWithDescriptors(
  path: string,
  { signal, sender, peerPid, data, descriptors }: DescriptorMessage,
): Promise<{ readonly socket: Socket; readonly sent: number }> {
  return reach(path, signal, (address) => {
    const fd = connectTo(address, { sender, peerPid });
    try {
      const sent = sender.sendDescriptors(fd, data, descriptors) ?? 0;
      if (sent === 0) throw new Error('a fresh connection takes no bytes');
      return { socket: socketOf(fd), sent };
    } catch (error) {
      sender.close(fd);
      throw error;
    }
  });
}

async function reach<T>(path: string, signal: AbortSignal, attempt: (address: string) => T | Promise<T>): Promise<T> {
  try {
    if (path.startsWith('\0') || Buffer.byteLength(path) <= maxPathBytes)
      return await retryWhileBusy(path, signal, attempt);
    // Too long for an address: by way of its folder's descriptor it is short.
    await using folder = await open(dirname(path), 'r');
    return await retryWhileBusy(`/proc/self/fd/${folder.fd}/${basename(path)}`, signal, attempt);
  } catch (cause) {
    if (cause instanceof ControlError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ControlError('unavailable', `cannot reach the sandbox: ${message}`, { outcome: 'not-sent', cause });
  }
}

// A sandbox lets 16 clients wait to be accepted; the next connect fails at once (EAGAIN) instead of waiting.
async function retryWhileBusy<T>(
  address: string,
  signal: AbortSignal,
  attempt: (address: string) => T | Promise<T>,
): Promise<T> {
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    signal.throwIfAborted();
    try {
      return await attempt(address);
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function dialByNode(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const abort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function connectTo(
  address: string,
  { sender, peerPid }: { readonly sender: DescriptorSender; readonly peerPid: number | undefined },
): Fd {
  const fd = sender.connectUnix(address);
  try {
    const pid = peerPid === undefined ? undefined : sender.peerCredentials?.(fd).pid;
    if (pid !== undefined && pid !== peerPid) throw new Error(`process ${pid} listens there, not the sandbox`);
    return fd;
  } catch (error) {
    sender.close(fd);
    throw error;
  }
}

function socketOf(fd: Fd): Socket {
  return new Socket({ fd, readable: true, writable: true });
}

// Node says it in `code`, io/sys in `errno`.
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'EAGAIN') || ('errno' in error && error.errno === 'EAGAIN');
}
