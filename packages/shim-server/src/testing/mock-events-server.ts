import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import {
  type Any,
  anyTypeName,
  type Envelope,
  EventsDefinition,
  type NamedMessageCodec,
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
} from '../api/index.ts';
import { type CallContext, implementService } from '../rpc/handler.ts';
import type { Metadata } from '../rpc/metadata.ts';
import { serveTtrpc } from '../ttrpc/server.ts';

const codecs: Readonly<Record<Exclude<DecodedTaskEvent['type'], 'unknown'>, NamedMessageCodec<unknown>>> = {
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
};

/** An event's message with the name of its type. */
export type DecodedTaskEvent =
  | { readonly type: 'TaskCheckpointed'; readonly message: TaskCheckpointed }
  | { readonly type: 'TaskCreate'; readonly message: TaskCreate }
  | { readonly type: 'TaskDelete'; readonly message: TaskDelete }
  | { readonly type: 'TaskExecAdded'; readonly message: TaskExecAdded }
  | { readonly type: 'TaskExecStarted'; readonly message: TaskExecStarted }
  | { readonly type: 'TaskExit'; readonly message: TaskExit }
  | { readonly type: 'TaskOOM'; readonly message: TaskOOM }
  | { readonly type: 'TaskPaused'; readonly message: TaskPaused }
  | { readonly type: 'TaskResumed'; readonly message: TaskResumed }
  | { readonly type: 'TaskStart'; readonly message: TaskStart }
  | { readonly type: 'unknown'; readonly any: Any };

/** One event as the server got it. */
export interface RecordedEvent {
  readonly topic: string;
  readonly namespace: string;
  readonly event: DecodedTaskEvent;
  readonly envelope: Envelope;
  readonly metadata: Metadata;
}

/** What a test may make of an event before it is recorded: throwing refuses it, waiting delays the answer. */
export type EventHook = (envelope: Envelope, context: CallContext) => void | Promise<void>;

/** Plays containerd's side of TTRPC_ADDRESS: takes events and remembers them, across its own restarts too. */
export class MockEventsServer implements AsyncDisposable {
  /** In the order of arrival. */
  readonly events: RecordedEvent[] = [];
  readonly path: string;
  readonly #before: EventHook | undefined;
  readonly #sockets = new Set<Socket>();
  #listener: Server | undefined;
  #wake = Promise.withResolvers<void>();

  private constructor(path: string, before: EventHook | undefined) {
    this.path = path;
    this.#before = before;
  }

  /** Listens on a unix socket. */
  static async listen(path: string, options: { readonly before?: EventHook } = {}): Promise<MockEventsServer> {
    const server = new MockEventsServer(path, options.before);
    await server.restart();
    return server;
  }

  /** The topics so far, in order. */
  get topics(): readonly string[] {
    return this.events.map((event) => event.topic);
  }

  /** Settles with the first event, past or to come, that `matches`. */
  async waitFor(matches: (event: RecordedEvent) => boolean): Promise<RecordedEvent> {
    for (;;) {
      const found = this.events.find(matches);
      if (found !== undefined) return found;
      await this.#wake.promise;
    }
  }

  /** Settles once at least `count` events have come. */
  async waitForCount(count: number): Promise<void> {
    while (this.events.length < count) await this.#wake.promise;
  }

  /** As SIGKILL would: every connection ends at once, and nobody listens. */
  async kill(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (listener === undefined) return;
    listener.close();
    await once(listener, 'close');
  }

  /** Listens again after {@link kill}. */
  async restart(): Promise<void> {
    await rm(this.path, { force: true });
    const listener = createServer();
    listener.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    const forward = async ({ envelope }: { envelope: Envelope | undefined }, context: CallContext) => {
      if (envelope !== undefined) await this.#record(envelope, context);
      return {};
    };
    serveTtrpc({ listener, services: [implementService(EventsDefinition, { forward })] });
    listener.listen(this.path);
    await once(listener, 'listening');
    this.#listener = listener;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #record(envelope: Envelope, context: CallContext): Promise<void> {
    if (this.#before !== undefined) await this.#before(envelope, context);
    const { topic, namespace, event } = envelope;
    this.events.push({ topic, namespace, event: decode(event), envelope, metadata: context.metadata });
    const wake = this.#wake;
    this.#wake = Promise.withResolvers();
    wake.resolve();
  }
}

function decode(any: Any | undefined): DecodedTaskEvent {
  const known = Object.entries(codecs).find(([, codec]) => any !== undefined && anyTypeName(any) === codec.$type);
  if (any === undefined || known === undefined)
    return { type: 'unknown', any: any ?? { typeUrl: '', value: new Uint8Array() } };
  const [type, codec] = known;
  // The name and the codec come from one entry, which Object.entries does not remember.
  return { type, message: codec.decode(any.value) } as DecodedTaskEvent;
}
