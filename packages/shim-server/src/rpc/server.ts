import type { Server, Socket } from 'node:net';
import type { ServedService } from './handler.ts';

/** What happens inside a server that only its owner can do something about. */
export type RpcServerReport =
  | { readonly type: 'refused' }
  | { readonly type: 'connection-error'; readonly error: Error }
  /** A handler threw what is no SandshimError: most likely a mistake in it. The caller gets `unknown`. */
  | { readonly type: 'handler-error'; readonly service: string; readonly method: string; readonly error: unknown };

/** What a transport needs in order to serve. The same for ttrpc and gRPC. */
export interface RpcServerOptions {
  /** Accepts the connections; the transport closes it. It may listen already, or later. */
  readonly listener: Server;
  readonly services: readonly ServedService[];
  /** Whether this peer gets answers. A refused connection is closed without a word. Absent: everyone does. */
  readonly authorize?: (socket: Socket) => boolean;
  readonly onReport?: (report: RpcServerReport) => void;
}

/** A running server. Owns the listener and its connections. */
export interface RpcServer extends AsyncDisposable {
  readonly protocol: 'ttrpc' | 'grpc';
  /**
   * Accepts nothing more, lets running calls answer for at most `graceMs` (default 0), then cancels them and closes
   * every connection. Idempotent.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}
