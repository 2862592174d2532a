import { Empty, Envelope } from '@sandshim/shim-server/api';
import { createClient, defineService } from '@sandshim/shim-server/ttrpc';
import { GrpcChannel } from '../containerd/grpc-channel.ts';
import { type EventRow, eventFromEnvelope } from './event.ts';

// A subscription without filters has no fields, so an empty message is one.
const eventsService = defineService({
  fullName: 'containerd.services.events.v1.Events',
  methods: {
    subscribe: {
      name: 'Subscribe',
      requestType: Empty,
      requestStream: false,
      responseType: Envelope,
      responseStream: true,
    },
  },
});

/**
 * What containerd publishes from now on, of every namespace; ends when containerd does, or with `signal`.
 * @throws SandshimError `unavailable` when containerd does not answer.
 */
export async function* containerdEvents(socket: string, signal: AbortSignal): AsyncGenerator<EventRow> {
  await using channel = await GrpcChannel.connect(socket);
  const client = createClient(eventsService, { channel });
  for await (const envelope of client.subscribe({}, { signal })) yield eventFromEnvelope(envelope);
}
