import type { Socket } from 'node:net';
import { SandshimError } from '../errors.ts';
import type { Fd } from '../ids.ts';
import { codeOfRefusal } from '../runtime-text.ts';
import { ControlError, unanswered } from './control-error.ts';
import type { DescriptorSender } from './descriptor-sender.ts';
import { type DialOptions, dial, dialWithDescriptors } from './dial.ts';
import { JsonObjectReader } from './json-object-reader.ts';

/** One request: the sandbox's method and its argument. */
export interface ControlRequest {
  readonly method: string;
  readonly argument: unknown;
}

/** A request that opens its connection: the descriptors travel with its first byte. */
export interface DescriptorRequest extends ControlRequest {
  readonly sender: DescriptorSender;
  readonly descriptors: readonly Fd[];
}

export interface ConnectionOptions extends DialOptions {
  /** Bound of one answer. */
  readonly maxAnswerBytes: number;
}

interface PendingAnswer {
  readonly reader: JsonObjectReader;
  readonly settle: (
    outcome: { readonly answer: Readonly<Record<string, unknown>> } | { readonly error: unknown },
  ) => void;
}

/**
 * A connection to a sandbox's control socket: one request at a time, each answered by one JSON object. Close it as soon as
 * the last answer came: a sandbox puts off its own end, by up to 15 s, while a client idles on its socket.
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
    return new ControlConnection(await dial(path, options), options.maxAnswerBytes);
  }

  /**
   * Aborting closes the connection.
   * @throws ControlError with the outcome `refused` (the sandbox's own error) or `unknown` (no whole answer came)
   */
  call(request: ControlRequest, options: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    return this.#exchange(request.method, { data: encodeRequest(request), signal: options.signal });
  }

  /**
   * Connects and sends a first request with descriptors. Its answer is under way then, and the signal counts no more.
   * @throws ControlError of outcome `not-sent`
   */
  static async openWithDescriptors(
    path: string,
    options: ConnectionOptions & DescriptorRequest,
  ): Promise<{ readonly connection: ControlConnection; readonly answer: Promise<unknown> }> {
    const { method, maxAnswerBytes } = options;
    const data = encodeRequest(options);
    const { socket, sent } = await dialWithDescriptors(path, { ...options, data });
    const connection = new ControlConnection(socket, maxAnswerBytes);
    return { connection, answer: connection.#exchange(method, { data: data.subarray(sent), signal: undefined }) };
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #exchange(
    method: string,
    { data, signal }: { readonly data: Uint8Array; readonly signal: AbortSignal | undefined },
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = () => this.#fail(signal?.reason);
      this.#pending = {
        reader: new JsonObjectReader(this.#maxAnswerBytes),
        settle: (outcome) => {
          this.#pending = undefined;
          signal?.removeEventListener('abort', abort);
          if ('error' in outcome) reject(unanswered(method, outcome.error));
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

function encodeRequest({ method, argument }: ControlRequest): Uint8Array {
  return Buffer.from(JSON.stringify({ method, arg: argument }), 'utf8');
}

function settleAnswer(
  method: string,
  answer: Readonly<Record<string, unknown>>,
  promise: { readonly resolve: (result: unknown) => void; readonly reject: (error: ControlError) => void },
): void {
  const { success, err, result } = answer;
  if (success === true) promise.resolve(result);
  else if (success === false && typeof err === 'string') {
    promise.reject(new ControlError(codeOfRefusal(err), err, { method, outcome: 'refused' }));
  } else {
    promise.reject(new ControlError('data_loss', 'the answer lacks success and err', { method, outcome: 'unknown' }));
  }
}
