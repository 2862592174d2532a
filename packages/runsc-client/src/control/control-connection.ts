import { connect, Socket as NetSocket, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SandshimError } from '../errors.ts';
import type { Fd } from '../ids.ts';
import { ControlError, codeOfRefusal } from './control-error.ts';
import type { DescriptorSender } from './descriptor-sender.ts';
import { JsonObjectReader } from './json-object-reader.ts';

/** One request: the sandbox's method and its argument, and descriptors for a connection's first request. */
export interface ControlRequest {
  readonly method: string;
  readonly argument: unknown;
}

export interface ConnectionOptions {
  /** Aborting it before the connection stands fails with its reason. */
  readonly signal: AbortSignal;
  /** Bound of one answer. */
  readonly maxAnswerBytes: number;
}

/** A request whose descriptors travel with its first byte, which is also what opens the connection. */
export interface DescriptorRequest extends ControlRequest {
  readonly descriptors: readonly Fd[];
  readonly sender: DescriptorSender;
}

interface PendingAnswer {
  readonly method: string;
  readonly reader: JsonObjectReader;
  readonly settle: (outcome: { readonly answer: unknown } | { readonly error: unknown }) => void;
}

/**
 * A connection to a sandbox's control socket: one request at a time, each answered by one JSON object. Close it as soon as
 * the last answer came: the sandbox does not end (for 15 s) while a client idles on its socket.
 */
export class ControlConnection implements Disposable {
  readonly #socket: Socket;
  readonly #maxAnswerBytes: number;
  #pending: PendingAnswer | undefined;
  #failure: Error | undefined;

  private constructor(socket: Socket, maxAnswerBytes: number) {
    this.#socket = socket;
    this.#maxAnswerBytes = maxAnswerBytes;
    socket.on('data', (piece: Buffer) => this.#receive(piece));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the sandbox closed the connection')));
  }

  /** Connects. @throws ControlError `unavailable`, outcome `not-sent` */
  static async open(path: string, options: ConnectionOptions): Promise<ControlConnection> {
    const socket = await retryWhileBusy(options.signal, () => dial(path, options.signal));
    return new ControlConnection(socket, options.maxAnswerBytes);
  }

  /** Connects and sends a first request with descriptors. The answer is under way then, and no longer bound to the signal. */
  static async openWithDescriptors(
    path: string,
    request: DescriptorRequest,
    options: ConnectionOptions,
  ): Promise<{ readonly connection: ControlConnection; readonly answer: Promise<unknown> }> {
    const data = encode(request);
    const { socket, sent } = await retryWhileBusy(options.signal, async () =>
      request.sender(path, { data, descriptors: request.descriptors }),
    );
    const stream = new NetSocket({ fd: socket, readable: true, writable: true });
    const connection = new ControlConnection(stream, options.maxAnswerBytes);
    return { connection, answer: connection.#exchange(request.method, data.subarray(sent)) };
  }

  /**
   * Aborting closes the connection.
   * @throws ControlError with the outcome `refused` (the sandbox's own error) or `unknown` (no whole answer came)
   */
  call(request: ControlRequest, options: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    return this.#exchange(request.method, encode(request), options.signal);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #exchange(method: string, data: Uint8Array, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = () => this.#fail(signal?.reason);
      this.#pending = {
        method,
        reader: new JsonObjectReader(this.#maxAnswerBytes),
        settle: (outcome) => {
          this.#pending = undefined;
          signal?.removeEventListener('abort', abort);
          if ('error' in outcome) reject(withoutAnswer(method, outcome.error));
          else settleAnswer(method, outcome.answer, { resolve, reject });
        },
      };
      if (this.#failure !== undefined || signal?.aborted === true) {
        this.#fail(this.#failure ?? signal?.reason);
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      if (data.length > 0) this.#socket.write(data);
    });
  }

  #receive(piece: Uint8Array): void {
    const pending = this.#pending;
    if (pending === undefined) {
      this.#fail(new SandshimError('data_loss', 'bytes came that nobody asked for'));
      return;
    }
    try {
      const answer = pending.reader.push(piece);
      if (answer !== undefined) pending.settle({ answer });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason instanceof Error ? reason : new Error(String(reason));
    this.#socket.destroy();
    this.#pending?.settle({ error: this.#failure });
  }
}

function encode(request: ControlRequest): Uint8Array {
  return Buffer.from(JSON.stringify({ method: request.method, arg: request.argument }), 'utf8');
}

function settleAnswer(
  method: string,
  answer: unknown,
  promise: { readonly resolve: (result: unknown) => void; readonly reject: (error: ControlError) => void },
): void {
  const { success, err, result } = answer as { success?: unknown; err?: unknown; result?: unknown };
  if (success === true) promise.resolve(result);
  else if (success === false && typeof err === 'string') {
    promise.reject(new ControlError(codeOfRefusal(err), err, { method, outcome: 'refused' }));
  } else {
    promise.reject(new ControlError('data_loss', 'the answer lacks success and err', { method, outcome: 'unknown' }));
  }
}

function withoutAnswer(method: string, cause: unknown): ControlError {
  const { code, message } = SandshimError.is(cause)
    ? cause
    : new SandshimError('unavailable', cause instanceof Error ? cause.message : String(cause));
  return new ControlError(code, `${method}: ${message}`, { method, outcome: 'unknown', cause });
}

function dial(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const abort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const settled = () => signal.removeEventListener('abort', abort);
    socket.once('error', (error) => {
      settled();
      reject(error);
    });
    socket.once('connect', () => {
      settled();
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

// A sandbox lets 16 clients wait to be accepted; the next connect fails at once (EAGAIN) instead of waiting.
async function retryWhileBusy<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      if (!isBusy(error)) throw notSent(error);
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {
      throw notSent(signal.reason);
    });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

function notSent(cause: unknown): ControlError {
  if (cause instanceof ControlError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ControlError('unavailable', `cannot reach the sandbox: ${message}`, { outcome: 'not-sent', cause });
}
