import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Request, Response } from '../api/gen/ttrpc/ttrpc.ts';
import { FrameDecoder } from '../ttrpc/decode.ts';
import { encodeFrame } from '../ttrpc/encode.ts';
import { type Frame, frameTypes } from '../ttrpc/frame.ts';

/** A client that sends any bytes, well-formed or not, and shows every frame that comes back. For tests of servers. */
export class RawTtrpcPeer implements Disposable {
  readonly socket: Socket;
  readonly #frames: Frame[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  /** Takes over a socket, connected or not yet. */
  constructor(socket: Socket) {
    this.socket = socket;
    const decoder = new FrameDecoder();
    socket.on('data', (chunk: Uint8Array) => {
      for (const decoded of decoder.push(chunk)) if (decoded.kind === 'frame') this.#frames.push(decoded.frame);
      this.#wake?.();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  static async connect(path: string): Promise<RawTtrpcPeer> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new RawTtrpcPeer(socket);
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  sendFrame(frame: { streamId: number; type: number; flags?: number; payload?: Uint8Array }): void {
    this.sendBytes(encodeFrame({ flags: 0, payload: new Uint8Array(), ...frame }));
  }

  sendRequest(request: {
    readonly streamId: number;
    readonly service: string;
    readonly method: string;
    readonly payload?: Uint8Array;
    readonly flags?: number;
    readonly timeoutNano?: bigint;
  }): void {
    const { streamId, flags = 0, ...fields } = request;
    this.sendFrame({
      streamId,
      type: frameTypes.request,
      flags,
      payload: Request.encode(Request.create(fields)).finish(),
    });
  }

  /** The next frame, in the order in which they came; `undefined` once the connection is closed. */
  async nextFrame(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined || this.#closed) return frame;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next frame as a response, with its stream. @throws when it is none. */
  async nextResponse(): Promise<Response & { readonly streamId: number }> {
    const frame = await this.nextFrame();
    if (frame?.type !== frameTypes.response) throw new Error(`no response but ${JSON.stringify(frame ?? 'the end')}`);
    return { ...Response.decode(frame.payload), streamId: frame.streamId };
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
