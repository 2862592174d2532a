import { SandshimError } from '@sandshim/runsc-client';
import { EventsDefinition } from '../api/gen/containerd/services/events/ttrpc/v1/events.ts';
import type { Envelope } from '../api/gen/containerd/types/envelope.ts';
import { createClient } from '../rpc/client.ts';
import type { TtrpcClient } from '../ttrpc/client.ts';
import { TtrpcClosedError } from '../ttrpc/closed-error.ts';
import { connectTtrpc } from '../ttrpc/connect.ts';
import type { EventForwarder, ForwardResult } from './forwarder.ts';

/** Where and how long a forwarder tries. */
export interface ForwarderOptions {
  /** A unix socket's address. */
  readonly address: string;
  /** How long connecting may take. */
  readonly connectTimeoutMs?: number;
  /** How long containerd may take to answer, before its connection is given up with the event on it. */
  readonly answerTimeoutMs?: number;
}

/**
 * Forwards over ttrpc to TTRPC_ADDRESS. Connects when it has an event and no connection; connects anew once containerd has
 * gone. A slow containerd is waited for rather than asked again: it still has the event, and would publish it twice.
 */
export class TtrpcForwarder implements EventForwarder {
  readonly #options: ForwarderOptions;
  #channel: TtrpcClient | undefined;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  async forward(envelope: Envelope, { signal }: { readonly signal: AbortSignal }): Promise<ForwardResult> {
    let channel: TtrpcClient;
    try {
      channel = await this.#connected(signal);
    } catch (cause) {
      return { outcome: 'not-taken', error: SandshimError.from(cause) };
    }
    const timeoutMs = this.#options.answerTimeoutMs ?? 30_000;
    const metadata = { 'containerd-namespace-ttrpc': envelope.namespace };
    try {
      await createClient(EventsDefinition, { channel }).forward({ envelope }, { signal, timeoutMs, metadata });
      return { outcome: 'delivered' };
    } catch (cause) {
      const error = SandshimError.from(cause);
      const outcome = outcomeOf(error);
      // After a refusal the connection is as good as before.
      if (outcome !== 'refused') await this.#drop(channel);
      return { outcome, error };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#channel !== undefined) await this.#drop(this.#channel);
  }

  async #connected(signal: AbortSignal): Promise<TtrpcClient> {
    if (this.#channel !== undefined) return this.#channel;
    const { address, connectTimeoutMs = 5000 } = this.#options;
    const channel = await connectTtrpc(address, { signal, timeoutMs: connectTimeoutMs });
    this.#channel = channel;
    void channel.closed.then(() => this.#forget(channel));
    return channel;
  }

  async #drop(channel: TtrpcClient): Promise<void> {
    this.#forget(channel);
    await channel.close();
  }

  #forget(channel: TtrpcClient): void {
    if (this.#channel === channel) this.#channel = undefined;
  }
}

function outcomeOf(error: SandshimError): 'not-taken' | 'refused' | 'uncertain' {
  if (error instanceof TtrpcClosedError) return error.delivery === 'none' ? 'not-taken' : 'uncertain';
  // Both end a call from our side, while the event is on its way.
  return error.code === 'deadline_exceeded' || error.code === 'canceled' ? 'uncertain' : 'refused';
}
