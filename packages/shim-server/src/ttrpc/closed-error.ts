import { SandshimError } from '@sandshim/runsc-client';

/**
 * The connection ended before the call was answered. The message is the one that containerd knows. `delivery` says `none`
 * where the server cannot have taken the request, so that it may be sent again without being done twice.
 */
export class TtrpcClosedError extends SandshimError {
  readonly delivery: 'none' | 'unknown';

  constructor(delivery: 'none' | 'unknown', options?: ErrorOptions) {
    super('unavailable', 'ttrpc: closed', options);
    this.name = 'TtrpcClosedError';
    this.delivery = delivery;
  }
}

/**
 * Whether the last bytes that we sent were left unread. The kernel tells: a peer that closes with unread bytes resets the
 * connection, and a write after its close breaks the pipe; one that had read everything just ends it.
 */
export function leftBytesUnread(error: Error | undefined): boolean {
  const code: unknown = error !== undefined && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
