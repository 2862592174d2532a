import { SandshimError } from '@sandshim/runsc-client';
import { EventsDefinition } from '../api/gen/containerd/services/events/v1/events.ts';
import type { Envelope } from '../api/gen/containerd/types/envelope.ts';
import type { GrpcChannel } from '../grpc/channel.ts';
import { createClient } from '../rpc/client.ts';
import type { EventForwarder, ForwardResult } from './forwarder.ts';
import type { ForwarderOptions } from './ttrpc-forwarder.ts';

/**
 * Forwards over gRPC to containerd's main socket, for a shim that was given no TTRPC_ADDRESS but a GRPC_ADDRESS. Loads the
 * gRPC library with its first event.
 */
export class GrpcForwarder implements EventForwarder {
  readonly #options: ForwarderOptions;
  #channel: Promise<GrpcChannel> | undefined;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  async forward(envelope: Envelope, { signal }: { readonly signal: AbortSignal }): Promise<ForwardResult> {
    const { address, connectTimeoutMs = 5000, answerTimeoutMs = 30_000 } = this.#options;
    let channel: GrpcChannel;
    try {
      this.#channel ??= import('../grpc/channel.ts').then(({ GrpcChannel }) => new GrpcChannel(address));
      channel = await this.#channel;
      await channel.ready({ timeoutMs: connectTimeoutMs, signal });
    } catch (cause) {
      return { outcome: 'not-taken', error: SandshimError.from(cause) };
    }
    const metadata = { 'containerd-namespace': envelope.namespace };
    try {
      const client = createClient(EventsDefinition, { channel });
      await client.forward({ envelope }, { signal, timeoutMs: answerTimeoutMs, metadata });
      return { outcome: 'delivered' };
    } catch (cause) {
      const error = SandshimError.from(cause);
      // gRPC does not tell a request that was lost from one whose answer was.
      const uncertain = ['unavailable', 'deadline_exceeded', 'canceled'].includes(error.code);
      return { outcome: uncertain ? 'uncertain' : 'refused', error };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const channel = await this.#channel;
    await channel?.close();
  }
}
