import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A request that a {@link FakeControlServer} got. */
export interface FakeControlRequest {
  readonly method: string;
  readonly arg: unknown;
}

/**
 * What the server does about a request: answers, refuses, writes bytes as they are, ends the connection after some bytes,
 * keeps silent, or waits for a promise first.
 */
export type FakeControlReply =
  | { readonly result: unknown }
  | { readonly refuse: string }
  | { readonly bytes: string }
  | { readonly closeAfter: string }
  | { readonly silent: true }
  | { readonly when: Promise<FakeControlReply> };

/** Stands in for a sandbox's control socket: a unix socket that answers by rule. */
export class FakeControlServer implements AsyncDisposable {
  /** Path of the socket. */
  readonly path: string;
  /** Every request so far. */
  readonly requests: FakeControlRequest[] = [];
  readonly #folder: string;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #accepted = 0;

  private constructor(folder: string, reply: (request: FakeControlRequest) => FakeControlReply) {
    this.#folder = folder;
    this.path = join(folder, 'control.sock');
    this.#server = createServer((socket) => this.#serve(socket, reply));
  }

  static async start(reply: (request: FakeControlRequest) => FakeControlReply): Promise<FakeControlServer> {
    const fake = new FakeControlServer(await mkdtemp(join(tmpdir(), 'control-')), reply);
    await new Promise<void>((resolve, reject) => {
      fake.#server.once('error', reject);
      fake.#server.listen(fake.path, resolve);
    });
    return fake;
  }

  /** Connections that clients hold open now. */
  get open(): number {
    return this.#connections.size;
  }

  /** Connections that were made so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Settles when no client holds a connection any more. */
  async untilIdle(): Promise<void> {
    while (this.#connections.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket, reply: (request: FakeControlRequest) => FakeControlReply): void {
    this.#accepted += 1;
    this.#connections.add(socket);
    socket.on('close', () => this.#connections.delete(socket));
    // The client went away: its own affair.
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
      const request = parseWhole(text);
      if (request === undefined) return;
      text = '';
      this.requests.push(request);
      void respond(socket, reply(request));
    });
  }
}

async function respond(socket: Socket, reply: FakeControlReply): Promise<void> {
  if ('when' in reply) await respond(socket, await reply.when);
  else if ('result' in reply) socket.write(JSON.stringify({ success: true, err: '', result: reply.result }));
  else if ('refuse' in reply) socket.write(JSON.stringify({ success: false, err: reply.refuse, result: null }));
  else if ('bytes' in reply) socket.write(reply.bytes);
  else if ('closeAfter' in reply) socket.end(reply.closeAfter);
}

function parseWhole(text: string): FakeControlRequest | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Not all of it is there yet.
    return undefined;
  }
}
